using Millrace.Sql.Syntax;
using Xunit;

namespace Millrace.Sql.Tests.Syntax;

public class PrecedenceTests
{
    /// <summary>The second text says with brackets how the first one must be read.</summary>
    [Theory]
    [InlineData("a OR b AND c", "a OR (b AND c)")]
    [InlineData("NOT a AND b", "(NOT a) AND b")]
    [InlineData("NOT a = b", "NOT (a = b)")]
    [InlineData("NOT a IS NULL", "NOT (a IS NULL)")]
    [InlineData("a = b IS NULL", "(a = b) IS NULL")]
    [InlineData("a + b = c - d", "(a + b) = (c - d)")]
    [InlineData("a - b - c", "(a - b) - c")]
    [InlineData("a + b * c", "a + (b * c)")]
    [InlineData("a * b / c % d", "((a * b) / c) % d")]
    [InlineData("a + b || c", "a + (b || c)")]
    [InlineData("-a * b", "(-a) * b")]
    [InlineData("- a.b[1]", "-(a.b[1])")]
    [InlineData("a BETWEEN b + 1 AND c AND d", "(a BETWEEN (b + 1) AND c) AND d")]
    [InlineData("a NOT BETWEEN SYMMETRIC 1 AND 2 OR b", "(a NOT BETWEEN SYMMETRIC 1 AND 2) OR b")]
    [InlineData("a IN (1, 2) AND b", "(a IN (1, 2)) AND b")]
    [InlineData("a LIKE b || '%' AND c", "(a LIKE (b || '%')) AND c")]
    [InlineData("a IS DISTINCT FROM b AND c", "(a IS DISTINCT FROM b) AND c")]
    [InlineData("a IS DISTINCT FROM b + 1", "a IS DISTINCT FROM (b + 1)")]
    [InlineData("a = b = c", "(a = b) = c")]
    [InlineData("a <> 0 AND n / d > 1", "(a <> 0) AND ((n / d) > 1)")]
    public void An_expression_is_read_as_its_brackets_say(string text, string bracketed) =>
        Assert.Equal(SqlParser.ParseExpression(bracketed), SqlParser.ParseExpression(text));

    [Fact]
    public void Intersect_binds_tighter_than_union_and_except()
    {
        var query = SqlParser.ParseQuery("SELECT 1 UNION SELECT 2 INTERSECT SELECT 3 EXCEPT ALL SELECT 4");
        var except = Assert.IsType<SetOperation>(query);
        Assert.Equal((SetOperator.Except, true), (except.Operator, except.IsAll));
        var union = Assert.IsType<SetOperation>(except.Left);
        Assert.Equal(SetOperator.Union, union.Operator);
        Assert.Equal(SetOperator.Intersect, Assert.IsType<SetOperation>(union.Right).Operator);
    }

    [Fact]
    public void Order_and_limit_belong_to_the_whole_set_operation()
    {
        var query = SqlParser.ParseQuery(
            "SELECT a FROM t UNION ALL SELECT a FROM u ORDER BY a DESC NULLS LAST LIMIT 3");
        var ordered = Assert.IsType<OrderedQuery>(query);
        Assert.IsType<SetOperation>(ordered.Input);
        Assert.Equal(new NumberLiteral("3"), ordered.Limit);
        Assert.Equal((true, false), (ordered.OrderBy[0].IsDescending, ordered.OrderBy[0].NullsFirst));
    }

    [Fact]
    public void A_join_binds_tighter_than_a_comma()
    {
        var select = Assert.IsType<Select>(SqlParser.ParseQuery("SELECT * FROM a, b JOIN c ON b.x = c.x"));
        var comma = Assert.IsType<JoinTable>(select.From);
        Assert.True(comma.IsComma);
        Assert.Equal(JoinKind.Inner, Assert.IsType<JoinTable>(comma.Right).Kind);
    }

    [Fact]
    public void Brackets_do_not_change_a_tree() =>
        Assert.Equal(SqlParser.ParseExpression("a"), SqlParser.ParseExpression("((a))"));
}
