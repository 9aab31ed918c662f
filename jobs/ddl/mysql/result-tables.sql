-- The result tables of the three jobs for MySQL. Times are ms since the epoch, dates yyyy-MM-dd.
CREATE TABLE dwd_wrong_record_wide_delta (
    id BIGINT PRIMARY KEY,
    wrong_id BIGINT,
    user_id VARCHAR(64),
    subject VARCHAR(64),
    subject_name VARCHAR(255),
    question_id VARCHAR(64),
    pattern_id BIGINT,
    pattern_name VARCHAR(255),
    teaching_type_id BIGINT,
    teaching_type_name VARCHAR(255),
    collect_time BIGINT,
    fix_id BIGINT,
    fix_time BIGINT,
    fix_result INT,
    fix_result_desc VARCHAR(64),
    INDEX idx_user (user_id, fix_time)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE dws_user_daily_stats (
    user_id VARCHAR(64) NOT NULL,
    user_name VARCHAR(255),
    grade INT,
    stat_date VARCHAR(10) NOT NULL,
    login_count BIGINT NOT NULL,
    answer_count BIGINT NOT NULL,
    correct_count BIGINT NOT NULL,
    correct_rate DOUBLE,
    total_answer_time BIGINT NOT NULL,
    fix_count BIGINT NOT NULL,
    PRIMARY KEY (user_id, stat_date)
) DEFAULT CHARSET = utf8mb4;

CREATE TABLE ads_learning_alert (
    id VARCHAR(255) PRIMARY KEY,
    alert_type VARCHAR(64) NOT NULL,
    user_id VARCHAR(64) NOT NULL,
    subject VARCHAR(64),
    start_time BIGINT NOT NULL,
    end_time BIGINT NOT NULL,
    answers BIGINT NOT NULL,
    INDEX idx_user (user_id, start_time)
) DEFAULT CHARSET = utf8mb4;
