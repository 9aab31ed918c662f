using Xunit;

namespace Millrace.Sql.Tests.Planning;

/// <summary>
/// The SQL samples of the specification: they plan, or an error says what is wrong and what to write.
/// </summary>
public sealed class SpecificationPlanTests
{
    private const string Tables =
        """
        CREATE TABLE answer_submit (userId STRING, questionId STRING, submitTime BIGINT, answerTime BIGINT,
            eventTime TIMESTAMP_LTZ(3))
            WITH ('connector' = 'filesystem');
        CREATE TABLE small_stream_table (key1 BIGINT, key2 BIGINT) WITH ('connector' = 'filesystem');
        CREATE TABLE small_dim_table (id BIGINT, name STRING) WITH ('connector' = 'jdbc');
        CREATE TABLE large_dim_table (id BIGINT, type STRING) WITH ('connector' = 'jdbc');
        CREATE TABLE dim_table_name (business_key STRING, is_deleted TINYINT, updated_at TIMESTAMP(3))
            WITH ('connector' = 'jdbc');
        CREATE TABLE source_table_1 (join_key STRING, event_timestamp BIGINT,
            event_time AS TO_TIMESTAMP_LTZ(event_timestamp, 0),
            WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND) WITH ('connector' = 'filesystem');
        CREATE TABLE source_table_2 (join_key STRING, event_timestamp BIGINT,
            event_time AS TO_TIMESTAMP_LTZ(event_timestamp, 0),
            WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND) WITH ('connector' = 'filesystem');

        """;

    [Fact]
    public void A_source_table_whose_fields_are_left_out_is_told_to_declare_them()
    {
        SqlException error = Refusal(
            """
            CREATE TABLE source_table (
                -- the fields
                event_time AS TO_TIMESTAMP_LTZ(event_timestamp, 0),
                WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
            ) WITH ('connector' = 'filesystem')
            """);

        Assert.Contains(
            "declare it, for example as event_timestamp BIGINT", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_without_WITH_is_told_to_name_its_connector() => Assert.Contains(
        "WITH ('connector' = ",
        Refusal("CREATE TABLE t (a BIGINT, WATERMARK FOR a AS a)").Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_dimension_table_without_columns_is_told_to_have_some() => Assert.Contains(
        "has no columns",
        Refusal("CREATE TABLE dim_table () WITH ('connector' = 'jdbc', 'lookup.cache.ttl' = '1 hour')")
            .Message,
        StringComparison.Ordinal);

    [Fact]
    public void The_join_of_two_streams_is_not_supported_yet_and_says_so()
    {
        SqlException error = Refusal(
            """
            SELECT * FROM source_table_1 s1 JOIN source_table_2 s2 ON s1.join_key = s2.join_key
            AND s1.event_time BETWEEN s2.event_time - INTERVAL '1' MINUTE
                AND s2.event_time + INTERVAL '1' MINUTE
            """);

        Assert.Equal(SqlErrorKind.Unsupported, error.SqlKind);
        Assert.Contains("an interval join too", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_quality_check_of_a_dimension_table_is_no_stream()
    {
        SqlException error = Refusal(
            """
            SELECT table_name, total_rows FROM (
                SELECT 'dim_table_name' as table_name, COUNT(*) as total_rows,
                    SUM(CASE WHEN is_deleted = 1 THEN 1 ELSE 0 END) as deleted_rows,
                    COUNT(*) - COUNT(DISTINCT business_key) as duplicate_key_rows
                FROM dim_table_name
            ) quality_check
            """);

        Assert.Contains("only answers lookup joins", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_window_that_is_no_SQL_is_pointed_to_OVER_or_a_window()
    {
        SqlException error = Refusal(
            """
            SELECT userId, COUNT(*) as answer_count, AVG(answerTime) as avg_answer_time FROM answer_submit
            WHERE eventTime BETWEEN INTERVAL '1' DAY PRECEDING AND CURRENT ROW GROUP BY userId
            """);

        Assert.Contains("OVER", error.Message, StringComparison.Ordinal);
        Assert.Contains("window", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_joins_with_dimension_tables_are_pointed_to_lookup_joins() => Assert.Contains(
        "FOR SYSTEM_TIME AS OF PROCTIME()",
        Refusal(
            """
            SELECT s.*, d1.name, d2.type FROM small_stream_table s
            LEFT JOIN small_dim_table d1 ON s.key1 = d1.id LEFT JOIN large_dim_table d2 ON s.key2 = d2.id
            """).Message,
        StringComparison.Ordinal);

    [Fact]
    public void The_projection_of_the_last_day_plans() => Assert.NotNull(SqlPlanner.Plan(
        Tables + "SELECT userId, questionId, submitTime FROM answer_submit WHERE eventTime > "
            + "CURRENT_TIMESTAMP - INTERVAL '1' DAY",
        FakeConnectors.Options).Graph);

    [Fact]
    public void A_processing_time_column_serves_a_lookup_as_well() => Assert.NotNull(SqlPlanner.Plan(
        Tables + """
        CREATE TABLE s (k BIGINT, proc AS PROCTIME()) WITH ('connector' = 'filesystem');
        SELECT k, d.name FROM s JOIN small_dim_table FOR SYSTEM_TIME AS OF s.proc AS d ON s.k = d.id
        """,
        FakeConnectors.Options).Graph);

    private static SqlException Refusal(string text) =>
        Assert.Throws<SqlException>(() => SqlPlanner.Plan(Tables + text, FakeConnectors.Options));
}
