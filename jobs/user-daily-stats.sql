-- =============================================
-- UserDailyStatsJob: what each learner did on each day.
-- Reads user_login, answer_submit and wrongbook_fix of the three topics, writes dws_user_daily_stats.
-- =============================================

-- 1. Job settings
SET 'table.exec.state.ttl' = '86400000';  -- 24 hours
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '1s';
SET 'table.exec.mini-batch.size' = '1000';

-- 2. Events. Answers come in the order in which questions were shown, up to 2.5 hours before they are submitted.
CREATE TABLE user_events (
    eventId STRING,
    domain STRING,
    type STRING,
    version STRING,
    eventTime BIGINT,
    processTime BIGINT,
    eventDate STRING,
    userId STRING,
    sessionId STRING,
    deviceId STRING,
    payload STRING,
    source STRING,
    traceId STRING,
    tags MAP<STRING, STRING>,
    event_time AS TO_TIMESTAMP_LTZ(eventTime, 3),
    WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
    'connector' = 'filesystem',
    'path' = '${events}/biz_statistic_user',
    'format' = 'json'
);

CREATE TABLE answer_events (
    eventId STRING,
    domain STRING,
    type STRING,
    version STRING,
    eventTime BIGINT,
    processTime BIGINT,
    eventDate STRING,
    userId STRING,
    sessionId STRING,
    deviceId STRING,
    payload STRING,
    source STRING,
    traceId STRING,
    tags MAP<STRING, STRING>,
    is_correct AS JSON_VALUE(payload, '$.isCorrect' RETURNING INTEGER),
    answer_time AS JSON_VALUE(payload, '$.answerTime' RETURNING INTEGER),
    event_time AS TO_TIMESTAMP_LTZ(eventTime, 3),
    WATERMARK FOR event_time AS event_time - INTERVAL '3' HOUR
) WITH (
    'connector' = 'filesystem',
    'path' = '${events}/biz_statistic_answer',
    'format' = 'json'
);

CREATE TABLE wrongbook_events (
    eventId STRING,
    domain STRING,
    type STRING,
    version STRING,
    eventTime BIGINT,
    processTime BIGINT,
    eventDate STRING,
    userId STRING,
    sessionId STRING,
    deviceId STRING,
    payload STRING,
    source STRING,
    traceId STRING,
    tags MAP<STRING, STRING>,
    event_time AS TO_TIMESTAMP_LTZ(eventTime, 3),
    WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
    'connector' = 'filesystem',
    'path' = '${events}/biz_statistic_wrongbook',
    'format' = 'json'
);

CREATE VIEW learner_events AS
SELECT userId, eventDate, type, CAST(NULL AS INT) AS is_correct, CAST(NULL AS INT) AS answer_time
FROM user_events
WHERE domain = 'user' AND type = 'user_login'
UNION ALL
SELECT userId, eventDate, type, is_correct, answer_time
FROM answer_events
WHERE domain = 'answer' AND type = 'answer_submit'
UNION ALL
SELECT userId, eventDate, type, CAST(NULL AS INT) AS is_correct, CAST(NULL AS INT) AS answer_time
FROM wrongbook_events
WHERE domain = 'wrongbook' AND type = 'wrongbook_fix';

-- 3. Dimension table
CREATE TABLE user_profile (
    user_id STRING,
    user_name STRING,
    grade INT
) WITH (
    'connector' = 'jdbc',
    'url' = 'jdbc:sqlite:${tables}',
    'table-name' = 'user_profile',
    'lookup.cache.max-rows' = '50000',
    'lookup.cache.ttl' = '1 hour',
    'lookup.cache.caching-missing-key' = 'true',
    'lookup.max-retries' = '3',
    'connection.max-retry-timeout' = '60s',
    'connection.pool.initial-size' = '1',
    'connection.pool.max-size' = '4',
    'connection.pool.max-idle-timeout' = '300s'
);

-- 4. Result
CREATE TABLE dws_user_daily_stats (
    user_id STRING,
    user_name STRING,
    grade INT,
    stat_date STRING,
    login_count BIGINT,
    answer_count BIGINT,
    correct_count BIGINT,
    correct_rate DOUBLE,
    total_answer_time BIGINT,
    fix_count BIGINT,
    PRIMARY KEY (user_id, stat_date) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'url' = 'jdbc:sqlite:${out}',
    'table-name' = 'dws_user_daily_stats',
    'sink.buffer-flush.max-rows' = '5000',
    'sink.buffer-flush.interval' = '1s'
);

-- 5. Main logic
INSERT INTO dws_user_daily_stats
SELECT
    s.user_id,
    u.user_name,
    u.grade,
    s.stat_date,
    s.login_count,
    s.answer_count,
    s.correct_count,
    CASE WHEN s.answer_count > 0 THEN CAST(s.correct_count AS DOUBLE) / s.answer_count END AS correct_rate,
    s.total_answer_time,
    s.fix_count
FROM (
    SELECT
        userId AS user_id,
        eventDate AS stat_date,
        COUNT(*) FILTER (WHERE type = 'user_login') AS login_count,
        COUNT(*) FILTER (WHERE type = 'answer_submit') AS answer_count,
        COUNT(*) FILTER (WHERE type = 'answer_submit' AND is_correct = 1) AS correct_count,
        COALESCE(SUM(CAST(answer_time AS BIGINT)), 0) AS total_answer_time,
        COUNT(*) FILTER (WHERE type = 'wrongbook_fix') AS fix_count
    FROM learner_events
    GROUP BY userId, eventDate
) AS s
LEFT JOIN user_profile FOR SYSTEM_TIME AS OF PROCTIME() AS u
    ON s.user_id = u.user_id;
