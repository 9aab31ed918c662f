using Millrace.Sql.Syntax;
using Xunit;

namespace Millrace.Sql.Tests.Syntax;

public class ExpressionParseTests
{
    /// <summary>What these texts mean is seen in their normalized form.</summary>
    [Theory]
    [InlineData("interval '60.001' second(2, 3)", "INTERVAL '60.001' SECOND(2, 3)")]
    [InlineData("INTERVAL -'5' MONTHS", "INTERVAL -'5' MONTH")]
    [InlineData("INTERVAL '1 02:03:04.5' DAY(3) TO SECOND(1)", "INTERVAL '1 02:03:04.5' DAY(3) TO SECOND(1)")]
    [InlineData("date '2024-01-31'", "DATE '2024-01-31'")]
    [InlineData("timestamp '2024-01-01 00:00:00.12'", "TIMESTAMP '2024-01-01 00:00:00.12'")]
    [InlineData("trim(s)", "TRIM(BOTH FROM s)")]
    [InlineData("TRIM(LEADING 'xy' FROM s)", "TRIM(LEADING 'xy' FROM s)")]
    [InlineData("TRIM('x' FROM s)", "TRIM(BOTH 'x' FROM s)")]
    [InlineData("POSITION('an' IN s)", "POSITION('an' IN s)")]
    [InlineData("SUBSTRING(s FROM 2 FOR -1)", "SUBSTRING(s, 2, -1)")]
    [InlineData("OVERLAY(s PLACING 'X' FROM 2 FOR 1)", "OVERLAY(s PLACING 'X' FROM 2 FOR 1)")]
    [InlineData("extract(isodow from d)", "extract(ISODOW FROM d)")]
    [InlineData("FLOOR(ts TO MILLENNIUM)", "FLOOR(ts TO MILLENNIUM)")]
    [InlineData("CEIL(x)", "CEIL(x)")]
    [InlineData("TIMESTAMPADD(SQL_TSI_DAY, 1, z)", "TIMESTAMPADD(DAY, 1, z)")]
    [InlineData("CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP")]
    [InlineData("PROCTIME()", "PROCTIME()")]
    [InlineData("count(*)", "count(*)")]
    [InlineData("COUNT(DISTINCT a) FILTER (WHERE a > 1)", "COUNT(DISTINCT a) FILTER (WHERE a > 1)")]
    [InlineData("LISTAGG(a, ',') WITHIN GROUP (ORDER BY b)", "LISTAGG(a, ',') WITHIN GROUP (ORDER BY b)")]
    [InlineData("ARRAY_AGG(a ORDER BY b IGNORE NULLS)", "ARRAY_AGG(a ORDER BY b) IGNORE NULLS")]
    [InlineData("SUM(a) OVER w", "SUM(a) OVER w")]
    [InlineData("SUM(a) OVER (ORDER BY ts ROWS 2 PRECEDING)",
        "SUM(a) OVER (ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)")]
    [InlineData("JSON_VALUE(j, 'lax $.a' RETURNING INTEGER DEFAULT 7 ON EMPTY ERROR ON ERROR)",
        "JSON_VALUE(j, 'lax $.a' RETURNING INT DEFAULT 7 ON EMPTY ERROR ON ERROR)")]
    [InlineData("JSON_QUERY(j, '$' WITH ARRAY WRAPPER EMPTY ARRAY ON EMPTY NULL ON ERROR)",
        "JSON_QUERY(j, '$' WITH UNCONDITIONAL WRAPPER EMPTY ARRAY ON EMPTY NULL ON ERROR)")]
    [InlineData("JSON_EXISTS(j, '$.a' UNKNOWN ON ERROR)", "JSON_EXISTS(j, '$.a' UNKNOWN ON ERROR)")]
    [InlineData("JSON_OBJECT(KEY 'a' VALUE b, 'c' VALUE d ABSENT ON NULL)",
        "JSON_OBJECT(KEY 'a' VALUE b, KEY 'c' VALUE d ABSENT ON NULL)")]
    [InlineData("JSON_ARRAY(NULL ON NULL)", "JSON_ARRAY(NULL ON NULL)")]
    [InlineData("JSON_ARRAYAGG(a ORDER BY b NULL ON NULL)", "JSON_ARRAYAGG(a ORDER BY b NULL ON NULL)")]
    [InlineData("s IS NOT JSON", "s IS NOT JSON VALUE")]
    [InlineData("a = SOME (SELECT b FROM t)", "a = ANY (SELECT b FROM t)")]
    [InlineData("(a, b) IN (SELECT c, d FROM t)", "ROW(a, b) IN (SELECT c, d FROM t)")]
    [InlineData("f(x).y", "f(x).y")]
    [InlineData("MAP['a', 1]['a']", "MAP['a', 1]['a']")]
    [InlineData("CAST(x AS ROW(a INT NOT NULL, b ARRAY<DOUBLE PRECISION>))",
        "CAST(x AS ROW<a INT NOT NULL, b ARRAY<DOUBLE>>)")]
    [InlineData("CAST(x AS TIMESTAMP(3) WITH LOCAL TIME ZONE)", "CAST(x AS TIMESTAMP_LTZ(3))")]
    [InlineData("CAST(x AS CHARACTER VARYING(3) ARRAY)", "CAST(x AS ARRAY<VARCHAR(3)>)")]
    [InlineData("CAST(x AS INTERVAL DAY TO SECOND)", "CAST(x AS INTERVAL DAY TO SECOND)")]
    [InlineData("U&'\\59d3\\+01F600'", "'姓😀'")]
    [InlineData("U&'!59d3' UESCAPE '!'", "'姓'")]
    [InlineData("'it''s'", "'it''s'")]
    [InlineData("`value`", "`value`")]
    [InlineData("`a``b`.c", "`a``b`.c")]
    [InlineData("x'4869'", "X'4869'")]
    [InlineData("- -1", "- -1")]
    [InlineData("a -- note\n /* more */ + 1", "a + 1")]
    [InlineData("FINAL LAST(A.x)", "FINAL LAST(A.x)")]
    [InlineData("key", "key")]
    public void A_text_has_this_normal_form(string text, string normal)
    {
        var tree = SqlParser.ParseExpression(text);
        Assert.Equal(normal, SqlPrinter.Print(tree));
        Assert.Equal(tree, SqlParser.ParseExpression(normal));
    }

    [Theory]
    [InlineData("42", true, false)]
    [InlineData("1.50", false, false)]
    [InlineData(".5", false, false)]
    [InlineData("1e3", false, true)]
    [InlineData("1.8E0", false, true)]
    public void A_number_keeps_its_digits_and_knows_its_kind(string text, bool integer, bool approximate)
    {
        var number = Assert.IsType<NumberLiteral>(SqlParser.ParseExpression(text));
        Assert.Equal((text, integer, approximate), (number.Text, number.IsInteger, number.IsApproximate));
    }

    [Fact]
    public void Every_node_knows_its_place()
    {
        var call = Assert.IsType<FunctionCall>(SqlParser.ParseExpression("f(\n  a + b)"));
        Assert.Equal(new SourceSpan(1, 1, 11), call.Span);
        Assert.Equal(new SourceSpan(2, 3, 5), call.Arguments[0].Span);
        Assert.Equal(new SourceSpan(2, 7, 1), Assert.IsType<BinaryExpr>(call.Arguments[0]).Right.Span);
    }

    [Fact]
    public void Two_equal_expressions_at_two_places_are_equal() => Assert.Equal(
        SqlParser.ParseExpression("UPPER(a) || 'x'"), SqlParser.ParseExpression("  UPPER( a )||'x'"));
}
