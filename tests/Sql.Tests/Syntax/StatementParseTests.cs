using Millrace.Sql.Syntax;
using Xunit;

namespace Millrace.Sql.Tests.Syntax;

public class StatementParseTests
{
    [Fact]
    public void A_script_is_split_at_semicolons_outside_strings_and_comments()
    {
        var statements = SqlParser.ParseScript(
            "SET 'a;b' = 'c;d'; -- no; end\n/* ; */ SELECT ';' AS x;\n;INSERT INTO t SELECT 1", "job.sql");
        Assert.Equal(3, statements.Count);
        Assert.Equal(new SetStatement("a;b", "c;d"), statements[0]);
        Assert.Equal([1, 2, 3], statements.Select(statement => statement.Span.Line));
        Assert.Equal(9, statements[1].Span.Column);
    }

    [Theory]
    [InlineData("SET 'table.exec.state.ttl' = '86400000'", "table.exec.state.ttl", "86400000")]
    [InlineData("SET table.exec.state.ttl = 86400000", "table.exec.state.ttl", "86400000")]
    [InlineData("SET execution.checkpointing.interval=1 min;", "execution.checkpointing.interval", "1 min")]
    [InlineData("SET", null, null)]
    public void Set_takes_quoted_and_bare_options(string text, string? key, string? value) =>
        Assert.Equal(new SetStatement(key, value), Assert.Single(SqlParser.ParseScript(text, null)));

    [Fact]
    public void A_table_has_physical_computed_and_metadata_columns_a_watermark_and_a_key()
    {
        var table = Assert.IsType<CreateTable>(Assert.Single(SqlParser.ParseScript(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS a.b.t (
                id BIGINT NOT NULL COMMENT 'the id',
                `value` ROW<a INT 'one', b MAP<STRING, ARRAY<DECIMAL(10, 2)>>>,
                part INT METADATA FROM 'partition' VIRTUAL,
                offs BIGINT METADATA,
                ts AS TO_TIMESTAMP_LTZ(ms, 3) COMMENT 'event time',
                WATERMARK FOR ts AS ts - INTERVAL '5' SECOND,
                CONSTRAINT pk PRIMARY KEY (id) NOT ENFORCED
            ) COMMENT 'all' PARTITIONED BY (part) WITH ('connector' = 'print', 'a' = 'it''s')
            """, null)));
        Assert.True(table is { Temporary: true, IfNotExists: true, Comment: "all" });
        Assert.Equal("a.b.t", table.Name.ToString());
        Assert.Equal(
            ["PhysicalColumn", "PhysicalColumn", "MetadataColumn", "MetadataColumn", "ComputedColumn",
             "WatermarkDefinition", "KeyDefinition"],
            table.Elements.Select(element => element.GetType().Name));
        Assert.Equal(false, ((PhysicalColumn)table.Elements[0]).Type.IsNullable);
        Assert.True(table.Elements[2] is MetadataColumn { Key: "partition", IsVirtual: true });
        Assert.Equal(new TableOption("a", "it's"), table.Options[1]);
    }

    [Theory]
    [InlineData("CREATE TABLE t (id INT PRIMARY KEY NOT ENFORCED)")]
    [InlineData("CREATE TABLE t ()")]
    [InlineData("CREATE TABLE t (a INT) LIKE s (INCLUDING ALL OVERWRITING OPTIONS)")]
    [InlineData("CREATE TABLE t () WITH ('a' = 'b') AS SELECT 1 AS x")]
    [InlineData("CREATE TEMPORARY VIEW IF NOT EXISTS v (a, b) COMMENT 'c' AS SELECT 1, 2")]
    [InlineData("DROP TEMPORARY TABLE IF EXISTS a.t")]
    [InlineData("DROP VIEW v")]
    [InlineData("RESET 'a.b'")]
    [InlineData("RESET")]
    [InlineData("INSERT OVERWRITE t PARTITION (dt = '1') (a, b) SELECT 1, 2")]
    [InlineData("INSERT INTO t /*+ OPTIONS('a' = 'b') */ VALUES (1, 'x'), (2, NULL)")]
    [InlineData("EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; END")]
    [InlineData("EXPLAIN ESTIMATED_COST, CHANGELOG_MODE SELECT 1")]
    [InlineData("EXPLAIN EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; END")]
    [InlineData("WITH a (x) AS (SELECT 1), b AS (SELECT x FROM a) SELECT * FROM b")]
    [InlineData("SELECT /*+ LOOKUP('table' = 'd', 'async' = 'true'), BROADCAST('d') */ DISTINCT a.*, b.c AS "
        + "d FROM a")]
    [InlineData(
        "SELECT a FROM t GROUP BY a, (b, c), ROLLUP (d, (e, f)), CUBE (g), GROUPING SETS ((a, b), a, ())")]
    [InlineData("SELECT SUM(a) OVER w FROM t WINDOW w AS (PARTITION BY b ORDER BY c), v AS (w)")]
    [InlineData("SELECT * FROM a INNER JOIN b ON a.x = b.x LEFT JOIN c USING (x, y) NATURAL FULL JOIN d "
        + "CROSS JOIN e")]
    [InlineData("SELECT * FROM a INNER JOIN (b CROSS JOIN c) ON a.x = b.x, d")]
    [InlineData("SELECT * FROM o LEFT JOIN d FOR SYSTEM_TIME AS OF PROCTIME() AS x ON o.k = x.k")]
    [InlineData("SELECT * FROM t, LATERAL TABLE(split(t.s)) AS x (w)")]
    [InlineData("SELECT * FROM t CROSS JOIN UNNEST(t.a) WITH ORDINALITY AS u (v, i)")]
    [InlineData(
        "SELECT * FROM TABLE(SESSION(TABLE t PARTITION BY (a, b), DESCRIPTOR(ts), INTERVAL '5' SECOND))")]
    [InlineData("SELECT * FROM TABLE(TUMBLE(DATA => TABLE t, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL "
        + "'5' SECOND))")]
    [InlineData("(SELECT 1 LIMIT 2) UNION ALL (SELECT 2 ORDER BY 1) EXCEPT SELECT 3 OFFSET 1 ROWS FETCH "
        + "FIRST 2 ROWS ONLY")]
    [InlineData("TABLE t")]
    [InlineData("SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY a ORDER BY ts MEASURES FINAL LAST(B.x) AS y " +
        "ALL ROWS PER MATCH AFTER MATCH SKIP TO FIRST B PATTERN (^ (A B*? | C{2,3}) PERMUTE(D, E) {- F -}+ "
        + "$) " +
        "WITHIN INTERVAL '1' HOUR SUBSET S = (A, B) DEFINE A AS A.x > 1) AS m")]
    public void A_statement_prints_as_it_is_written(string text)
    {
        var statement = Assert.Single(SqlParser.ParseScript(text, null));
        Assert.Equal(text, SqlPrinter.Print(statement));
    }

    [Fact]
    public void The_old_statement_set_is_the_new_one() => Assert.Equal(
        SqlParser.ParseScript("EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; END", null),
        SqlParser.ParseScript("BEGIN STATEMENT SET;\nINSERT INTO a SELECT 1;\nEND;", null));

    [Fact]
    public void A_bracketed_query_in_brackets_is_a_set_operation()
    {
        var select = Assert.IsType<Select>(SqlParser.ParseQuery("SELECT ((SELECT 1) UNION (SELECT 2)) AS x"));
        var subquery =
            Assert.IsType<ScalarSubquery>(Assert.IsType<ExpressionItem>(select.Items[0]).Expression);
        Assert.IsType<SetOperation>(subquery.Query);
    }

    [Fact]
    public void A_join_of_queries_in_brackets_is_a_table()
    {
        var select = Assert.IsType<Select>(SqlParser.ParseQuery(
            "SELECT * FROM ((SELECT 1 AS a) AS x JOIN (SELECT 2 AS b) AS y ON x.a = y.b)"));
        Assert.IsType<JoinTable>(select.From);
    }

    [Theory]
    [InlineData("SHOW TABLES", "SHOW TABLES")]
    [InlineData("USE CATALOG c", "USE CATALOG")]
    [InlineData("ALTER TABLE t RENAME TO u", "ALTER TABLE")]
    [InlineData("CREATE FUNCTION f AS 'x.Y'", "CREATE FUNCTION")]
    [InlineData("DESCRIBE t", "DESCRIBE T")]
    public void Other_statements_are_named_by_their_verb(string text, string verb) =>
        Assert.Equal(
            verb, Assert.IsType<OtherStatement>(Assert.Single(SqlParser.ParseScript(text, null))).Verb);
}
