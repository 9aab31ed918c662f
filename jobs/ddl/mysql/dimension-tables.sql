-- The dimension tables of the three jobs for MySQL, in the structure of the specification, 4.2.2.
-- Times of the business are ms since the epoch.
CREATE TABLE wrong_question_record (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    user_id VARCHAR(64) NOT NULL,
    question_id VARCHAR(64) NOT NULL,
    pattern_id BIGINT,
    subject VARCHAR(64),
    chapter_id BIGINT,
    create_time BIGINT NOT NULL,

    is_deleted TINYINT DEFAULT 0,
    status TINYINT DEFAULT 1,
    version INT DEFAULT 1,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,

    INDEX idx_pattern (pattern_id, status, is_deleted),
    INDEX idx_user (user_id, question_id),
    INDEX idx_status_deleted (status, is_deleted),
    INDEX idx_updated_at (updated_at)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE tower_pattern (
    id BIGINT PRIMARY KEY,
    name VARCHAR(255) NOT NULL,
    subject VARCHAR(64),
    type INT,
    difficulty DOUBLE,

    is_deleted TINYINT DEFAULT 0,
    status TINYINT DEFAULT 1,
    version INT DEFAULT 1,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,

    INDEX idx_status_deleted (status, is_deleted),
    INDEX idx_updated_at (updated_at)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE tower_teaching_type_pt (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    teaching_type_id BIGINT NOT NULL,
    pt_id BIGINT NOT NULL,
    order_num INT,

    is_deleted TINYINT DEFAULT 0,
    status TINYINT DEFAULT 1,
    version INT DEFAULT 1,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,

    UNIQUE KEY uk_pattern_teaching_type (pt_id, teaching_type_id),
    INDEX idx_pt (pt_id, status, is_deleted),
    INDEX idx_status_deleted (status, is_deleted),
    INDEX idx_updated_at (updated_at)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE tower_teaching_type (
    id BIGINT PRIMARY KEY AUTO_INCREMENT,
    chapter_id BIGINT NOT NULL,
    teaching_type_name VARCHAR(255) NOT NULL,

    is_deleted TINYINT DEFAULT 0,
    status TINYINT DEFAULT 1,
    version INT DEFAULT 1,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,

    INDEX idx_chapter (chapter_id, status, is_deleted),
    INDEX idx_status_deleted (status, is_deleted),
    INDEX idx_updated_at (updated_at)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE user_profile (
    user_id VARCHAR(64) PRIMARY KEY,
    user_name VARCHAR(255) NOT NULL,
    grade INT,
    school VARCHAR(255),
    is_active TINYINT DEFAULT 1,

    is_deleted TINYINT DEFAULT 0,
    status TINYINT DEFAULT 1,
    version INT DEFAULT 1,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,

    INDEX idx_status_deleted (status, is_deleted),
    INDEX idx_updated_at (updated_at)
) DEFAULT CHARSET = utf8mb4;
