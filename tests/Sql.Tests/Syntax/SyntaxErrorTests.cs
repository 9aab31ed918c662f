using Millrace.Sql.Syntax;
using Xunit;

namespace Millrace.Sql.Tests.Syntax;

public class SyntaxErrorTests
{
    [Theory]
    [InlineData("SELECT a AS one FROM t", 1, 13, "`one`")]
    [InlineData("SELECT a, b value FROM t", 1, 13, "value")]
    [InlineData("SELECT a,\n FROM t", 1, 9, "comma")]
    [InlineData("SELECT a b c FROM t", 1, 12, "'c'")]
    [InlineData("SELECT (a FROM t", 1, 11, "')'")]
    [InlineData("SELECT 'a FROM t", 1, 8, "does not end")]
    [InlineData("SELECT `a FROM t", 1, 8, "does not end")]
    [InlineData("SELECT 1 /* a", 1, 10, "*/")]
    [InlineData("SELECT * FROM a JOIN b", 1, 23, "ON")]
    [InlineData("SELECT * FROM a LEFT SEMI JOIN b ON TRUE", 1, 22, "EXISTS")]
    [InlineData("SELECT CASE a WHEN 1 THEN 2 FROM t", 1, 29, "END")]
    [InlineData("SELECT a FROM ${table}", 1, 15, "'table'")]
    [InlineData("CREATE TABLE t (a INT) WITH ('path' = '${events}/x')", 1, 39, "'events'")]
    [InlineData("INSERT INTO {result_table} SELECT 1", 1, 13, "{result_table}")]
    [InlineData("SELECT INTERVAL 5 MINUTE", 1, 17, "INTERVAL '5' MINUTE")]
    [InlineData("SELECT a MINUS SELECT b", 1, 10, "EXCEPT")]
    [InlineData("LEFT JOIN d ON a = b", 1, 1, "part of a query")]
    [InlineData("PRIMARY KEY (id)", 1, 1, "CREATE TABLE")]
    [InlineData("FOO d", 1, 1, "statement")]
    [InlineData("CREATE TABLE t (id BIGINT PRIMARY KEY AUTO_INCREMENT)", 1, 39, "AUTO_INCREMENT")]
    [InlineData("CREATE TABLE t (id INT, INDEX i (id))", 1, 25, "index")]
    [InlineData("CREATE TABLE t (id INT, UNIQUE KEY uk (id))", 1, 25, "index")]
    [InlineData("CREATE TABLE t (id INT) WITH ('a' = 'b',)", 1, 40, "comma")]
    [InlineData("CREATE TABLE t (PRIMARY KEY (id) ENFORCED)", 1, 34, "NOT ENFORCED")]
    [InlineData("SELECT MAP['a']", 1, 16, "turns")]
    [InlineData("SELECT TRIM(a, 'x')", 1, 14, "BTRIM")]
    public void An_error_has_its_place_and_says_what_to_do(string text, int line, int column, string word)
    {
        var error = Assert.Throws<SqlException>(() => SqlParser.ParseScript(text, "job.sql"));
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.Equal(SqlErrorKind.Syntax, error.SqlKind);
        Assert.StartsWith($"job.sql:{line}:{column}: ", error.Render(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT CAST(a AS RAW('x', 'y'))", "RAW")]
    [InlineData("WITH RECURSIVE a AS (SELECT 1) SELECT * FROM a", "RECURSIVE")]
    [InlineData("SELECT * FROM t TABLESAMPLE BERNOULLI (10)", "TABLESAMPLE")]
    public void What_is_not_known_yet_is_refused_as_unsupported(string text, string word)
    {
        var error = Assert.Throws<SqlException>(() => SqlParser.ParseScript(text, null));
        Assert.Equal(SqlErrorKind.Unsupported, error.SqlKind);
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_caret_stands_under_the_place_also_behind_tabs_and_wide_letters()
    {
        var error = Assert.Throws<SqlException>(
            () => SqlParser.ParseScript("SELECT\n\t'姓' AS one\nFROM t", "a.sql"));
        Assert.Equal(
            "a.sql:2:9: " + error.Message + "\n  \t'姓' AS one\n  \t        ^^^", error.Render());
    }

    [Fact]
    public void Text_that_nests_too_deep_is_refused()
    {
        var text = new string('(', 100_000) + "1" + new string(')', 100_000);
        var error = Assert.Throws<SqlException>(() => SqlParser.ParseExpression(text));
        Assert.Contains("deeper", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_prefix_of_a_script_parses_or_gives_an_error_of_its_own()
    {
        foreach (var (_, _, text) in Samples.Sections("query"))
        {
            for (var length = 0; length < text.Length; length += 7)
            {
                var prefix = text[..length];
                var error = Record.Exception(() => SqlParser.ParseScript(prefix, null));
                Assert.True(error is null or SqlException, prefix + "\n" + error);
            }
        }
    }
}
