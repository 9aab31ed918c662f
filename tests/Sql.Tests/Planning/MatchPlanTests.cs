using Millrace.Operators.Matching;
using Millrace.Shared.Graph;
using Xunit;

namespace Millrace.Sql.Tests.Planning;

public sealed class MatchPlanTests
{
    private const string Table =
        """
        CREATE TABLE answers (who STRING, seconds INT, extra STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
            WITH ('connector' = 'filesystem');

        """;

    // The grammar wants a DEFINE.
    private const string Defined = " DEFINE A AS A.seconds IS NOT NULL";

    [Fact]
    public void Names_become_variables_and_references()
    {
        MatchPlan plan = Plan(
            "PARTITION BY who ORDER BY ts, seconds DESC MEASURES FIRST(A.ts) AS t, LAST(B.seconds, 1) + 1 "
            + "AS s, SUM(A.seconds) AS n "
            + "AFTER MATCH SKIP TO LAST B PATTERN (A+ B{2,3}? C) WITHIN INTERVAL '60.001' SECOND(2, 3) "
            + "DEFINE A AS A.seconds < 3, B AS B.seconds > LAST(A.seconds) AND COUNT(A.seconds) > 1");

        Assert.Equal(["A", "B", "C"], plan.Variables.Select(v => v.Name));
        Assert.Null(plan.Variables[2].Condition);
        Assert.Equal(60_001, plan.WithinMs);
        Assert.Equal(new AfterMatch(AfterMatchKind.SkipToLast, 1), plan.AfterMatch);
        Assert.Equal(new MatchOrder(1, true, true), Assert.Single(plan.ThenBy));
        var sequence = Assert.IsType<PatternSequence>(plan.Pattern);
        Assert.Equal(new PatternRepeat(new PatternSymbol(1), 2, 3, true), sequence.Parts[1]);
        var first = Assert.IsType<MatchColumn>(plan.Measures[0].References.Single());
        Assert.True(first.IsFirst);
        Assert.Equal(1, Assert.IsType<MatchColumn>(plan.Measures[1].References.Single()).Offset);
        Assert.Equal("SUM", Assert.IsType<MatchAggregate>(plan.Measures[2].References.Single()).Function);
        Assert.Equal(3, plan.Variables[1].Condition!.References.Length);
    }

    [Fact]
    public void Columns_that_the_pattern_does_not_use_are_not_read() => Assert.Equal(
        ["who", "seconds", "ts"],
        Plan("PARTITION BY who ORDER BY ts MEASURES A.seconds AS s PATTERN (A)")
            .Input.Fields.Select(f => f.Name));

    [Theory]
    [InlineData("ORDER BY seconds MEASURES A.ts AS t PATTERN (A)", "needs a time attribute first")]
    [InlineData("ORDER BY ts DESC MEASURES A.ts AS t PATTERN (A)", "must be ascending on time")]
    [InlineData("ORDER BY ts MEASURES A.ts AS t PATTERN (A B+)",
        "Greedy quantifiers are not allowed as the last element")]
    [InlineData("ORDER BY ts MEASURES A.ts AS t PATTERN (A? B*)", "can produce empty matches")]
    [InlineData(
        "ORDER BY ts MEASURES A.ts AS t PATTERN (A) DEFINE A AS PREV(A.seconds) > 1", "PREV does not exist")]
    [InlineData("ORDER BY ts MEASURES COUNT(DISTINCT A.seconds) AS n PATTERN (A)",
        "DISTINCT aggregates are not supported")]
    [InlineData(
        "ORDER BY ts MEASURES SUM(A.seconds + B.seconds) AS n PATTERN (A B)", "must be over one variable")]
    [InlineData("ORDER BY ts MEASURES A.ts AS t AFTER MATCH SKIP TO FIRST X PATTERN (A)",
        "names 'X', which is not in the pattern")]
    [InlineData("ORDER BY ts PATTERN (A)", "needs MEASURES")]
    [InlineData("ORDER BY ts MEASURES A.ts AS t PATTERN (A) WITHIN INTERVAL '1' MONTH",
        "interval of days to seconds")]
    [InlineData("ORDER BY ts MEASURES A.ts AS t ALL ROWS PER MATCH PATTERN (A)", "write ONE ROW PER MATCH")]
    public void What_Flink_refuses_is_refused_with_what_to_write(string match, string message)
    {
        var error = Assert.Throws<SqlException>(() => Plan(match));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static MatchPlan Plan(string match)
    {
        JobGraph graph = SqlPlanner.Plan(
            $"{Table}SELECT * FROM answers MATCH_RECOGNIZE "
            + $"({match}{(match.Contains("DEFINE", StringComparison.Ordinal) ? "" : Defined)}) AS m",
            FakeConnectors.Options).Graph!;
        return graph.Vertices.SelectMany(v => v.Chain).Select(n => n.Plan).OfType<MatchPlan>().Single();
    }
}
