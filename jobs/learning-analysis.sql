-- =============================================
-- LearningAnalysisJob: learners who guess, and learners who struggle with a subject.
-- Reads answer_submit of biz_statistic_answer, writes ads_learning_alert.
-- =============================================

-- 1. Job settings
SET 'table.exec.state.ttl' = '86400000';  -- 24 hours
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '1s';
SET 'table.exec.mini-batch.size' = '1000';

-- 2. Events. Answers come in the order in which questions were shown, up to 2.5 hours before they are submitted.
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
    subject AS JSON_VALUE(payload, '$.subject'),
    is_correct AS JSON_VALUE(payload, '$.isCorrect' RETURNING INTEGER),
    answer_time AS JSON_VALUE(payload, '$.answerTime' RETURNING INTEGER),
    event_time AS TO_TIMESTAMP_LTZ(eventTime, 3),
    WATERMARK FOR event_time AS event_time - INTERVAL '3' HOUR
) WITH (
    'connector' = 'filesystem',
    'path' = '${events}/biz_statistic_answer',
    'format' = 'json'
);

CREATE VIEW answer_submit AS
SELECT userId, subject, is_correct, answer_time, eventTime, event_time
FROM answer_events
WHERE domain = 'answer' AND type = 'answer_submit';

-- 3. Result
CREATE TABLE ads_learning_alert (
    id STRING,
    alert_type STRING,
    user_id STRING,
    subject STRING,
    start_time BIGINT,
    end_time BIGINT,
    answers BIGINT,
    PRIMARY KEY (id) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'url' = 'jdbc:sqlite:${out}',
    'table-name' = 'ads_learning_alert',
    'sink.buffer-flush.max-rows' = '5000',
    'sink.buffer-flush.interval' = '1s'
);

-- 4. Main logic. WITHIN is strict, hence the millisecond: 60 seconds and 10 minutes still match.
INSERT INTO ads_learning_alert
SELECT
    CONCAT_WS('|', alert_type, user_id, COALESCE(subject, ''), CAST(start_time AS STRING), CAST(end_time AS STRING)) AS id,
    alert_type,
    user_id,
    subject,
    start_time,
    end_time,
    answers
FROM (
    SELECT 'RAPID_GUESSING' AS alert_type, userId AS user_id, CAST(NULL AS STRING) AS subject,
        start_time, end_time, answers
    FROM answer_submit MATCH_RECOGNIZE (
        PARTITION BY userId
        ORDER BY event_time
        MEASURES
            FIRST(A.eventTime) AS start_time,
            LAST(A.eventTime) AS end_time,
            COUNT(A.eventTime) AS answers
        ONE ROW PER MATCH
        AFTER MATCH SKIP PAST LAST ROW
        PATTERN (A{5}) WITHIN INTERVAL '60.001' SECOND(2, 3)
        DEFINE A AS A.answer_time < 3
    )
    UNION ALL
    SELECT 'STRUGGLING' AS alert_type, userId AS user_id, subject, start_time, end_time, answers
    FROM answer_submit MATCH_RECOGNIZE (
        PARTITION BY userId, subject
        ORDER BY event_time
        MEASURES
            FIRST(W.eventTime) AS start_time,
            LAST(W.eventTime) AS end_time,
            COUNT(W.eventTime) AS answers
        ONE ROW PER MATCH
        AFTER MATCH SKIP PAST LAST ROW
        PATTERN (W{3}) WITHIN INTERVAL '600.001' SECOND(3, 3)
        DEFINE W AS W.is_correct = 0
    )
);
