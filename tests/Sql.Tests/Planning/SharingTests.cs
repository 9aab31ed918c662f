using Millrace.Operators;
using Millrace.Operators.Calc;
using Millrace.Operators.Sources;
using Millrace.Shared.Graph;
using Xunit;

namespace Millrace.Sql.Tests.Planning;

public sealed class SharingTests
{
    private const string Tables =
        """
        CREATE TABLE clicks (id BIGINT, kind STRING, who STRING, unused STRING)
            WITH ('connector' = 'filesystem');
        CREATE TABLE a (id BIGINT) WITH ('connector' = 'print');
        CREATE TABLE b (who STRING) WITH ('connector' = 'print');

        """;

    private const string Both =
        """
        EXECUTE STATEMENT SET BEGIN
        INSERT INTO a SELECT id FROM clicks WHERE kind = 'x' AND who = 'me';
        INSERT INTO b SELECT who FROM clicks WHERE kind = 'x';
        END
        """;

    [Fact]
    public void Two_inserts_read_a_table_once_and_need_the_columns_of_both()
    {
        JobGraph graph = Plan(Both);

        SourcePlan source =
            Assert.Single(graph.Vertices.SelectMany(v => v.Chain).Select(n => n.Plan).OfType<SourcePlan>());
        Assert.Equal(["id", "kind", "who"], source.Scan.Columns.Select(c => c.Name));
        Assert.Equal(3, graph.Vertices.Length);
    }

    [Fact]
    public void A_shared_scan_skips_only_what_no_reader_wants()
    {
        var source = (SourcePlan)Plan(Both).Vertices[0].Chain[0].Plan;

        Assert.Equal("x", Assert.Single(source.Scan.Prefilter).Text);
    }

    [Fact]
    public void A_view_used_twice_is_computed_once()
    {
        JobGraph graph = Plan(
            """
            CREATE VIEW mine AS SELECT id + 1 AS later, who FROM clicks WHERE who = 'me';
            EXECUTE STATEMENT SET BEGIN
            INSERT INTO a SELECT later FROM mine;
            INSERT INTO b SELECT who FROM mine;
            END
            """);

        Assert.Equal(2, graph.Vertices[0].Chain.Length);
        Assert.Equal(2, graph.OutputsOf(0).Count());
    }

    [Fact]
    public void A_union_of_a_table_with_itself_reads_it_once_and_feeds_it_twice()
    {
        JobGraph graph = Plan("INSERT INTO a SELECT id FROM clicks UNION ALL SELECT id FROM clicks");

        Assert.Equal(2, graph.InputsOf(graph.Vertices.Length - 1).Count());
        Assert.Equal(1, graph.Vertices.Count(v => v.Chain[0].Plan is SourcePlan));
    }

    [Fact]
    public void The_same_text_gives_the_same_bytes()
    {
        byte[] first = OperatorFactory.Codec.Encode(Plan(Both));

        Assert.Equal(first, OperatorFactory.Codec.Encode(Plan(Both)));
        Assert.Equal(first, OperatorFactory.Codec.Encode(OperatorFactory.Codec.Decode(first)));
    }

    [Fact]
    public void Calcs_that_follow_each_other_become_one_unless_that_computes_something_twice()
    {
        int once = Calcs("INSERT INTO a SELECT y + 1 FROM (SELECT id * 2 AS y FROM clicks) WHERE TRUE");
        int twice = Calcs("INSERT INTO a SELECT y + y FROM (SELECT id * 2 AS y FROM clicks)");

        Assert.Equal(1, once);
        Assert.Equal(2, twice);
    }

    private static int Calcs(string text) =>
        Plan(text).Vertices.SelectMany(v => v.Chain).Count(n => n.Plan is CalcPlan);

    private static JobGraph Plan(string text) =>
        SqlPlanner.Plan(Tables + text, FakeConnectors.Options).Graph!;
}
