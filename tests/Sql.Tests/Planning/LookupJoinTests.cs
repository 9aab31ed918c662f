using Millrace.Operators.Calc;
using Millrace.Operators.Lookups;
using Millrace.Operators.Sources;
using Millrace.Shared.Graph;
using Xunit;

namespace Millrace.Sql.Tests.Planning;

public sealed class LookupJoinTests
{
    private const string Tables =
        """
        CREATE TABLE events (id BIGINT, domain STRING, type STRING, key1 BIGINT, key2 BIGINT, noise STRING)
            WITH ('connector' = 'filesystem');
        CREATE TABLE d1 (id BIGINT, name STRING, is_deleted TINYINT) WITH ('connector' = 'jdbc');
        CREATE TABLE d2 (id BIGINT, name STRING, is_deleted TINYINT) WITH ('connector' = 'jdbc');
        CREATE TABLE wide (id BIGINT, name1 STRING, name2 STRING, PRIMARY KEY (id) NOT ENFORCED)
            WITH ('connector' = 'jdbc');

        """;

    // The main logic of the specification's template, its placeholders filled.
    private const string Template =
        """
        INSERT INTO wide
        SELECT s.id, d1.name, d2.name
        FROM events s
        LEFT JOIN d1 FOR SYSTEM_TIME AS OF PROCTIME() d1
            ON s.key1 = d1.id
        LEFT JOIN d2 FOR SYSTEM_TIME AS OF PROCTIME() d2
            ON s.key2 = d2.id
        WHERE s.domain = 'answer'
          AND s.type = 'answer_submit'
          AND d1.is_deleted = false
          AND d2.is_deleted = false;
        """;

    [Fact]
    public void The_template_of_the_specification_is_one_chain_of_inner_lookups()
    {
        JobGraph graph = Plan(Template);

        JobVertex vertex = Assert.Single(graph.Vertices);
        Assert.Equal(
            ["source-events", "calc-1", "lookup-d1", "lookup-d2", "calc-2", "sink-wide"],
            vertex.Chain.Select(n => n.Uid));
        Assert.All(Joins(graph), j => Assert.False(j.IsLeftOuter));
    }

    [Fact]
    public void What_WHERE_says_of_a_dimension_table_is_checked_in_its_own_join()
    {
        LookupJoinPlan[] joins = Joins(Plan(Template));

        Assert.Equal("($4 = 0)", joins[0].Condition!.ToString());
        Assert.NotNull(joins[1].Condition);
    }

    [Fact]
    public void What_WHERE_says_of_the_stream_is_checked_before_the_joins_and_asked_of_the_scan()
    {
        JobGraph graph = Plan(Template);

        var source = (SourcePlan)graph.Vertices[0].Chain[0].Plan;
        Assert.Equal(["answer", "answer_submit"], source.Scan.Prefilter.Select(p => p.Text));
        Assert.NotNull(((CalcPlan)graph.Vertices[0].Chain[1].Plan).Filter);
        Assert.DoesNotContain(source.Scan.Columns, c => c.Name == "noise");
    }

    [Fact]
    public void Without_a_condition_on_the_table_a_left_join_stays_outer()
    {
        JobGraph graph = Plan(
            "INSERT INTO wide SELECT s.id, d1.name, 'x' FROM events s LEFT JOIN d1 FOR SYSTEM_TIME AS OF "
            + "PROCTIME() ON s.key1 = d1.id");

        Assert.True(Joins(graph).Single().IsLeftOuter);
    }

    [Fact]
    public void A_constant_in_ON_is_a_lookup_key_and_the_rest_a_condition()
    {
        LookupJoinPlan join = Joins(Plan(
            """
            INSERT INTO wide SELECT s.id, d.name, d.name
            FROM events s JOIN d1 FOR SYSTEM_TIME AS OF PROCTIME() AS d
            ON d.name = 'x' AND s.key1 = d.id AND d.id > s.key2
            """)).Single();

        Assert.Equal([1, 0], join.Lookup.KeyColumns.ToArray());
        Assert.Equal("'x'", join.Keys[0].ToString());
        Assert.Equal(">", ((Shared.Expressions.Call)join.Condition!).Function);
    }

    [Theory]
    [InlineData("ON s.key1 > d.id", SqlErrorKind.Invalid, "needs an equality of a column of 'd1'")]
    [InlineData("ON s.key1 = d.name", SqlErrorKind.Invalid, "")]
    [InlineData("ON s.key1 = d.nam", SqlErrorKind.Invalid, "there are: id, name, is_deleted")]
    public void A_join_that_gives_no_key_is_refused_with_what_to_write(
        string on, SqlErrorKind kind, string message)
    {
        var error = Assert.Throws<SqlException>(() => Plan(
            "INSERT INTO wide SELECT s.id, d.name, d.name FROM events s JOIN d1 FOR SYSTEM_TIME AS OF "
            + $"PROCTIME() AS d {on}"));

        Assert.Equal(kind, error.SqlKind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dimension_table_joined_as_a_stream_is_refused_with_the_lookup_join_to_write()
    {
        var error = Assert.Throws<SqlException>(() => Plan(
            "INSERT INTO wide SELECT s.id, d1.name, d2.name FROM events s LEFT JOIN d1 ON s.key1 = d1.id "
            + "LEFT JOIN d2 ON s.key2 = d2.id"));

        Assert.Contains("FOR SYSTEM_TIME AS OF PROCTIME()", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hint_gives_the_retry_and_the_capacity()
    {
        LookupJoinPlan join = Joins(Plan(
            """
            INSERT INTO wide SELECT /*+ LOOKUP('table'='d', 'retry-predicate'='lookup_miss',
                'retry-strategy'='fixed_delay', 'fixed-delay'='2s', 'max-attempts'='3', 'capacity'='7') */
                s.id, d.name, d.name
            FROM events s JOIN d1 FOR SYSTEM_TIME AS OF PROCTIME() AS d ON s.key1 = d.id
            """)).Single();

        Assert.Equal(new LookupRetry(3, 2000), join.Retry);
        Assert.Equal(7, join.Capacity);
    }

    private static JobGraph Plan(string text) =>
        SqlPlanner.Plan(Tables + text, FakeConnectors.Options).Graph!;

    private static LookupJoinPlan[] Joins(JobGraph graph) =>
        [.. graph.Vertices.SelectMany(v => v.Chain).Select(n => n.Plan).OfType<LookupJoinPlan>()];
}
