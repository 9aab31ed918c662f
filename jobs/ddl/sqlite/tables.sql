-- The dimension tables of the three jobs, in SQLite's form. Times are ms since the epoch.
CREATE TABLE wrong_question_record (
    id INTEGER PRIMARY KEY,
    user_id VARCHAR(64) NOT NULL,
    question_id VARCHAR(64) NOT NULL,
    pattern_id BIGINT,
    subject VARCHAR(64),
    chapter_id BIGINT,
    create_time BIGINT NOT NULL,
    is_deleted TINYINT NOT NULL DEFAULT 0,
    status TINYINT NOT NULL DEFAULT 1,
    version INT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE tower_pattern (
    id INTEGER PRIMARY KEY,
    name VARCHAR(255) NOT NULL,
    subject VARCHAR(64),
    type INT,
    difficulty DOUBLE,
    is_deleted TINYINT NOT NULL DEFAULT 0,
    status TINYINT NOT NULL DEFAULT 1,
    version INT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE tower_teaching_type_pt (
    id INTEGER PRIMARY KEY,
    teaching_type_id BIGINT NOT NULL,
    pt_id BIGINT NOT NULL,
    order_num INT,
    is_deleted TINYINT NOT NULL DEFAULT 0,
    status TINYINT NOT NULL DEFAULT 1,
    version INT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE tower_teaching_type (
    id INTEGER PRIMARY KEY,
    chapter_id BIGINT NOT NULL,
    teaching_type_name VARCHAR(255) NOT NULL,
    is_deleted TINYINT NOT NULL DEFAULT 0,
    status TINYINT NOT NULL DEFAULT 1,
    version INT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE user_profile (
    user_id VARCHAR(64) PRIMARY KEY,
    user_name VARCHAR(255) NOT NULL,
    grade INT,
    school VARCHAR(255),
    is_active TINYINT NOT NULL DEFAULT 1,
    is_deleted TINYINT NOT NULL DEFAULT 0,
    status TINYINT NOT NULL DEFAULT 1,
    version INT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
