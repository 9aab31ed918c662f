using Millrace.Operators.Aggregates;
using Millrace.Shared.Graph;
using Xunit;

namespace Millrace.Sql.Tests.Planning;

public sealed class ChangelogTests
{
    private const string Tables =
        """
        CREATE TABLE clicks (id BIGINT, who STRING, url STRING) WITH ('connector' = 'filesystem');
        CREATE TABLE people (who STRING, name STRING) WITH ('connector' = 'jdbc');
        CREATE TABLE orders (id BIGINT, who STRING, PRIMARY KEY (id) NOT ENFORCED)
            WITH ('connector' = 'changes');
        CREATE TABLE counts (who STRING, n BIGINT, PRIMARY KEY (who) NOT ENFORCED)
            WITH ('connector' = 'jdbc');
        CREATE TABLE log (who STRING, n BIGINT) WITH ('connector' = 'print');
        CREATE TABLE appends (who STRING, n BIGINT) WITH ('connector' = 'appends');
        CREATE TABLE days (a INT, b TINYINT, d DECIMAL(6, 2), f FLOAT, l BIGINT)
            WITH ('connector' = 'filesystem');
        CREATE TABLE by_big (k BIGINT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'jdbc');
        CREATE TABLE by_double (k DOUBLE, n BIGINT, PRIMARY KEY (k) NOT ENFORCED)
            WITH ('connector' = 'jdbc');
        CREATE TABLE by_decimal (k DECIMAL(12, 2), n BIGINT, PRIMARY KEY (k) NOT ENFORCED)
            WITH ('connector' = 'jdbc');
        CREATE TABLE by_n (who STRING, n BIGINT, PRIMARY KEY (n) NOT ENFORCED) WITH ('connector' = 'jdbc');

        """;

    private const string Counts = "SELECT who, COUNT(*) AS n FROM clicks GROUP BY who";

    [Fact]
    public void An_upsert_sink_keyed_like_the_groups_needs_no_update_before() =>
        Assert.False(Group($"INSERT INTO counts {Counts}").EmitUpdateBefore);

    [Fact]
    public void A_sink_without_a_key_needs_both_halves_of_an_update() =>
        Assert.True(Group($"INSERT INTO log {Counts}").EmitUpdateBefore);

    [Fact]
    public void A_filter_on_the_aggregate_needs_both_halves_even_before_an_upsert_sink() =>
        Assert.True(Group($"INSERT INTO counts {Counts} HAVING COUNT(*) < 3").EmitUpdateBefore);

    [Fact]
    public void A_filter_on_the_key_moves_below_the_groups()
    {
        GroupAggregatePlan group = Group($"INSERT INTO counts SELECT * FROM ({Counts}) WHERE who <> 'bot'");

        Assert.False(group.EmitUpdateBefore);
    }

    [Theory]
    [InlineData("LEFT JOIN", false)]
    [InlineData("JOIN", true)]
    public void A_lookup_that_may_drop_the_new_row_needs_the_old_one(string join, bool needsBefore)
    {
        GroupAggregatePlan group = Group(
            $"INSERT INTO counts SELECT c.who, c.n FROM ({Counts}) c {join} people FOR SYSTEM_TIME AS OF "
            + "PROCTIME() AS p ON c.who = p.who");

        Assert.Equal(needsBefore, group.EmitUpdateBefore);
    }

    [Theory]
    [InlineData("by_big", "a")]
    [InlineData("by_big", "b")]
    [InlineData("by_big", "CAST(b AS SMALLINT)")]
    [InlineData("by_double", "a")]
    [InlineData("by_double", "f")]
    [InlineData("by_decimal", "a")]
    [InlineData("by_decimal", "d")]
    public void A_group_key_that_is_widened_for_the_sink_is_still_its_key(string sink, string key) =>
        Assert.False(Group(
            $"INSERT INTO {sink} SELECT {key}, COUNT(*) FROM days GROUP BY {key}").EmitUpdateBefore);

    [Theory]
    [InlineData("by_double", "l")]
    [InlineData("by_double", "d")]
    [InlineData("by_decimal", "l")]
    [InlineData("by_decimal", "f")]
    public void A_group_key_that_may_lose_digits_on_its_way_to_the_sink_is_none(string sink, string key)
    {
        SqlException e = Assert.Throws<SqlException>(
            () => Group($"INSERT INTO {sink} SELECT {key}, COUNT(*) FROM days GROUP BY {key}"));

        Assert.Contains("does not hold the key", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_over_a_changing_table_take_retractions() =>
        Assert.True(Group("INSERT INTO counts SELECT who, COUNT(*) FROM orders GROUP BY who").InputRetracts);

    [Fact]
    public void Inner_groups_retract_for_the_outer_ones()
    {
        JobGraph graph = Plan($"INSERT INTO log SELECT 'all', SUM(n) FROM ({Counts})");

        GroupAggregatePlan[] groups = [.. Groups(graph)];
        Assert.True(groups[0].EmitUpdateBefore);
        Assert.True(groups[1].InputRetracts);
        Assert.Equal([ExchangeKind.Hash, ExchangeKind.Global], graph.Edges.Select(e => e.Kind));
    }

    [Fact]
    public void A_sink_for_inserts_refuses_updates_and_says_where_they_come_from()
    {
        var error = Assert.Throws<SqlException>(() => Plan($"INSERT INTO appends {Counts}"));

        Assert.Contains("doesn't support consuming update and delete changes, which GROUP BY produces",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sink_keyed_otherwise_than_the_query_is_refused_rather_than_written_wrongly()
    {
        var error = Assert.Throws<SqlException>(() => Plan($"INSERT INTO by_n {Counts}"));

        Assert.Equal(SqlErrorKind.Unsupported, error.SqlKind);
    }

    [Fact]
    public void An_insert_only_query_may_be_written_under_any_key() =>
        Assert.Single(Plan("INSERT INTO by_n SELECT who, id FROM clicks").Vertices);

    private static GroupAggregatePlan Group(string text) => Groups(Plan(text)).Single();

    private static IEnumerable<GroupAggregatePlan> Groups(JobGraph graph) =>
        graph.Vertices.SelectMany(v => v.Chain).Select(n => n.Plan).OfType<GroupAggregatePlan>();

    private static JobGraph Plan(string text) =>
        SqlPlanner.Plan(Tables + text, FakeConnectors.Options).Graph!;
}
