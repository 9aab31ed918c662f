-- =============================================
-- WrongbookJob: a row for each fix of a wrong answer, widened by the record that it fixes, its knowledge point
-- and its teaching type.
-- Reads wrongbook_fix of biz_statistic_wrongbook, writes dwd_wrong_record_wide_delta.
-- =============================================

-- 1. Job settings
SET 'table.exec.state.ttl' = '86400000';  -- 24 hours
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '1s';
SET 'table.exec.mini-batch.size' = '1000';

-- 2. Events
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
    fix_id AS TRY_CAST(JSON_VALUE(payload, '$.fixId') AS BIGINT),
    wrong_id AS TRY_CAST(JSON_VALUE(payload, '$.wrongId') AS BIGINT),
    fix_result AS JSON_VALUE(payload, '$.fixResult' RETURNING INTEGER),
    submit_time AS TRY_CAST(JSON_VALUE(payload, '$.submitTime') AS BIGINT),
    event_time AS TO_TIMESTAMP_LTZ(eventTime, 3),
    WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
    'connector' = 'filesystem',
    'path' = '${events}/biz_statistic_wrongbook',
    'format' = 'json'
);

-- 3. Dimension tables
CREATE TABLE wrong_question_record (
    id BIGINT,
    user_id STRING,
    question_id STRING,
    pattern_id BIGINT,
    subject STRING,
    chapter_id BIGINT,
    create_time BIGINT,
    is_deleted TINYINT
) WITH (
    'connector' = 'jdbc',
    'url' = 'jdbc:sqlite:${tables}',
    'table-name' = 'wrong_question_record',
    'lookup.cache.max-rows' = '100000',
    'lookup.cache.ttl' = '1 hour',
    'lookup.cache.caching-missing-key' = 'true',
    'lookup.max-retries' = '3',
    'connection.max-retry-timeout' = '60s',
    'connection.pool.initial-size' = '1',
    'connection.pool.max-size' = '4',
    'connection.pool.max-idle-timeout' = '300s'
);

CREATE TABLE tower_pattern (
    id BIGINT,
    name STRING,
    is_deleted TINYINT
) WITH (
    'connector' = 'jdbc',
    'url' = 'jdbc:sqlite:${tables}',
    'table-name' = 'tower_pattern',
    'lookup.cache.max-rows' = '100000',
    'lookup.cache.ttl' = '1 hour',
    'lookup.cache.caching-missing-key' = 'true',
    'lookup.max-retries' = '3',
    'connection.max-retry-timeout' = '60s',
    'connection.pool.initial-size' = '1',
    'connection.pool.max-size' = '4',
    'connection.pool.max-idle-timeout' = '300s'
);

CREATE TABLE tower_teaching_type_pt (
    id BIGINT,
    teaching_type_id BIGINT,
    pt_id BIGINT,
    is_deleted TINYINT
) WITH (
    'connector' = 'jdbc',
    'url' = 'jdbc:sqlite:${tables}',
    'table-name' = 'tower_teaching_type_pt',
    'lookup.cache.max-rows' = '100000',
    'lookup.cache.ttl' = '1 hour',
    'lookup.cache.caching-missing-key' = 'true',
    'lookup.max-retries' = '3',
    'connection.max-retry-timeout' = '60s',
    'connection.pool.initial-size' = '1',
    'connection.pool.max-size' = '4',
    'connection.pool.max-idle-timeout' = '300s'
);

CREATE TABLE tower_teaching_type (
    id BIGINT,
    chapter_id BIGINT,
    teaching_type_name STRING,
    is_deleted TINYINT
) WITH (
    'connector' = 'jdbc',
    'url' = 'jdbc:sqlite:${tables}',
    'table-name' = 'tower_teaching_type',
    'lookup.cache.max-rows' = '100000',
    'lookup.cache.ttl' = '1 hour',
    'lookup.cache.caching-missing-key' = 'true',
    'lookup.max-retries' = '3',
    'connection.max-retry-timeout' = '60s',
    'connection.pool.initial-size' = '1',
    'connection.pool.max-size' = '4',
    'connection.pool.max-idle-timeout' = '300s'
);

-- 4. Result
CREATE TABLE dwd_wrong_record_wide_delta (
    id BIGINT,
    wrong_id BIGINT,
    user_id STRING,
    subject STRING,
    subject_name STRING,
    question_id STRING,
    pattern_id BIGINT,
    pattern_name STRING,
    teaching_type_id BIGINT,
    teaching_type_name STRING,
    collect_time BIGINT,
    fix_id BIGINT,
    fix_time BIGINT,
    fix_result INT,
    fix_result_desc STRING,
    PRIMARY KEY (id) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'url' = 'jdbc:sqlite:${out}',
    'table-name' = 'dwd_wrong_record_wide_delta',
    'sink.buffer-flush.max-rows' = '5000',
    'sink.buffer-flush.interval' = '1s'
);

-- 5. Main logic. A knowledge point has a teaching type for each part of the test that it occurs in; the row keeps
-- the one whose chapter is the record's.
INSERT INTO dwd_wrong_record_wide_delta
SELECT
    f.fix_id AS id,
    f.wrong_id,
    r.user_id,
    r.subject,
    CASE r.subject
        WHEN '1' THEN 'Photographs'
        WHEN '2' THEN 'Question-Response'
        WHEN '3' THEN 'Conversations'
        WHEN '4' THEN 'Talks'
        WHEN '5' THEN 'Incomplete Sentences'
        WHEN '6' THEN 'Text Completion'
        WHEN '7' THEN 'Reading Comprehension'
    END AS subject_name,
    r.question_id,
    r.pattern_id,
    p.name AS pattern_name,
    t.id AS teaching_type_id,
    t.teaching_type_name,
    r.create_time AS collect_time,
    f.fix_id,
    f.submit_time AS fix_time,
    f.fix_result,
    CASE f.fix_result WHEN 1 THEN 'fixed' ELSE 'not fixed' END AS fix_result_desc
FROM wrongbook_events AS f
LEFT JOIN wrong_question_record FOR SYSTEM_TIME AS OF PROCTIME() AS r
    ON f.wrong_id = r.id
LEFT JOIN tower_pattern FOR SYSTEM_TIME AS OF PROCTIME() AS p
    ON r.pattern_id = p.id
LEFT JOIN tower_teaching_type_pt FOR SYSTEM_TIME AS OF PROCTIME() AS l
    ON p.id = l.pt_id
LEFT JOIN tower_teaching_type FOR SYSTEM_TIME AS OF PROCTIME() AS t
    ON l.teaching_type_id = t.id
WHERE f.domain = 'wrongbook'
  AND f.type = 'wrongbook_fix'
  AND r.is_deleted = false
  AND p.is_deleted = false
  AND l.is_deleted = false
  AND t.is_deleted = false
  AND t.chapter_id = r.chapter_id;
