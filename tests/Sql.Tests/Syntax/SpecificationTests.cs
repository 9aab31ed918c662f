using Millrace.Sql.Syntax;
using Xunit;

namespace Millrace.Sql.Tests.Syntax;

/// <summary>The SQL samples of the specification, as they are written there.</summary>
public class SpecificationTests
{
    [Fact]
    public void Sources_without_with_and_an_interval_join_parse() => Assert.Equal(2, SqlParser.ParseScript(
        """
        CREATE TABLE source_table_1 (
            -- 字段定义
            event_time AS TO_TIMESTAMP_LTZ(event_timestamp, 0),
            WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND  -- 保持一致
        );
        SELECT *
        FROM source_table_1 s1
        JOIN source_table_2 s2
        ON s1.join_key = s2.join_key
        AND s1.event_time BETWEEN s2.event_time - INTERVAL '1' MINUTE
                               AND s2.event_time + INTERVAL '1' MINUTE;
        """, null).Count);

    [Fact]
    public void The_template_of_a_job_parses_once_its_placeholders_are_filled()
    {
        var statements = SqlParser.ParseScript(
            """
            SET 'table.exec.state.ttl' = '86400000';  -- 24小时状态TTL
            CREATE TABLE IF NOT EXISTS source_table (
                -- 字段定义
                event_time AS TO_TIMESTAMP_LTZ(event_timestamp, 0),
                WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
            ) WITH (
                'connector' = 'kafka'
                -- 连接器配置
            );
            INSERT INTO result_table
            SELECT
                s.id -- 字段映射
            FROM source_table s
            LEFT JOIN dim_table_1 FOR SYSTEM_TIME AS OF PROCTIME() d1
                ON s.key1 = d1.id
            LEFT JOIN dim_table_2 FOR SYSTEM_TIME AS OF PROCTIME() d2
                ON s.key2 = d2.id
            WHERE s.domain = 'wrongbook'
              AND s.type = 'wrongbook_fix'
              AND d1.is_deleted = false
              AND d2.is_deleted = false;
            """, null);
        var select = Assert.IsType<Select>(Assert.IsType<InsertStatement>(statements[2]).Query);
        var last = Assert.IsType<NamedTable>(Assert.IsType<JoinTable>(select.From).Right);
        Assert.Equal("d2", last.Alias!.Name.Value);
        Assert.Equal("PROCTIME()", SqlPrinter.Print(last.AsOf!));
    }

    [Fact]
    public void A_dimension_table_with_an_empty_body_parses()
    {
        var table = Assert.IsType<CreateTable>(Assert.Single(SqlParser.ParseScript(
            """
            CREATE TABLE dim_table (
                -- 字段定义
            ) WITH (
                'connector' = 'jdbc',
                -- 缓存配置（核心）
                'lookup.cache.max-rows' = '100000',             -- 最大缓存行数
                'connection.pool.max-idle-timeout' = '300s'     -- 连接空闲超时
            );
            """, null)));
        Assert.Empty(table.Elements);
        Assert.Equal(3, table.Options.Count);
    }

    [Fact]
    public void The_quality_query_parses() => Assert.IsType<Select>(SqlParser.ParseQuery(
        """
        SELECT table_name, total_rows, last_update_time
        FROM (
            SELECT
                'dim_table_name' as table_name,
                COUNT(*) as total_rows,
                SUM(CASE WHEN is_deleted = 1 THEN 1 ELSE 0 END) as deleted_rows,
                COUNT(*) - COUNT(DISTINCT business_key) as duplicate_key_rows,
                MAX(updated_at) as last_update_time
            FROM dim_table_name
        ) quality_check;
        """));

    [Fact]
    public void The_sample_with_a_frame_in_where_is_sent_to_over_or_a_window()
    {
        var error = Assert.Throws<SqlException>(() => SqlParser.ParseScript(
            """
            SELECT
                userId,
                COUNT(*) as answer_count
            FROM answer_submit
            WHERE eventTime BETWEEN
                INTERVAL '1' DAY PRECEDING AND CURRENT ROW
            GROUP BY userId;
            """, null));
        Assert.Equal((6, 22), (error.Line, error.Column));
        Assert.Contains("OVER", error.Message, StringComparison.Ordinal);
        Assert.Contains("TUMBLE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_ddl_of_a_database_is_told_from_flink_ddl()
    {
        var error = Assert.Throws<SqlException>(() => SqlParser.ParseScript(
            "CREATE TABLE d (\n id BIGINT NOT NULL,\n is_deleted TINYINT DEFAULT 0\n)", null));
        Assert.Equal((3, 21), (error.Line, error.Column));
        Assert.Contains("DEFAULT", error.Message, StringComparison.Ordinal);
    }
}
