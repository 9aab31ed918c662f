using Millrace.Operators.Calc;
using Millrace.Operators.Sources;
using Millrace.Shared.Graph;
using Xunit;

namespace Millrace.Sql.Tests.Planning;

public sealed class SqlPlannerTests
{
    private const string Clicks =
        "CREATE TABLE clicks (id BIGINT, who STRING) WITH ('connector' = 'filesystem');\n";

    [Fact]
    public void A_query_over_columns_is_one_vertex_from_source_to_sink()
    {
        JobGraph graph = Plan(Clicks + "SELECT who, id FROM clicks");

        JobVertex vertex = Assert.Single(graph.Vertices);
        Assert.Equal(["source-clicks", "calc-1", "sink-query result"], vertex.Chain.Select(n => n.Uid));
        Assert.IsType<SourcePlan>(vertex.Chain[0].Plan);
        Assert.IsType<CalcPlan>(vertex.Chain[1].Plan);
    }

    [Theory]
    [InlineData("SELECT idd FROM clicks", "Column 'idd' not found in any table; there are: id, who.")]
    [InlineData("SELECT * FROM click", "There is no table or view 'click'; there are: clicks.")]
    [InlineData("SELECT COUNTT(*) FROM clicks", "There is no function COUNTT.")]
    [InlineData("SELECT UPPER(*) FROM clicks", "UPPER takes no *; only COUNT does.")]
    public void What_a_name_does_not_mean_is_refused_with_what_there_is(string query, string message)
    {
        var error = Assert.Throws<SqlException>(() => Plan(Clicks + query));

        Assert.Equal(SqlErrorKind.Invalid, error.SqlKind);
        Assert.Equal(message, error.Message);
        Assert.Equal(2, error.Line);
    }

    [Theory]
    [InlineData("SET 'table.exec.state.tl' = '1 h'", "There is no option 'table.exec.state.tl'")]
    [InlineData("SET 'table.exec.state.ttl' = 'soon'", "cannot be 'soon'; write a number and a unit")]
    [InlineData("SET 'execution.checkpointing.interval' = '1 s'", "job_config.checkpoint.interval")]
    [InlineData("SET 'table.local-time-zone' = 'Mars/Olympus'", "write a zone")]
    public void An_option_is_known_or_refused_by_name(string set, string message)
    {
        var error = Assert.Throws<SqlException>(() => Plan(set));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_inserts_outside_a_statement_set_are_refused_with_what_to_write()
    {
        const string sink = "CREATE TABLE s (who STRING) WITH ('connector' = 'print');";
        const string insert = "INSERT INTO s SELECT who FROM clicks;";

        var error = Assert.Throws<SqlException>(() => Plan(Clicks + sink + insert + insert));

        Assert.Contains("EXECUTE STATEMENT SET", error.Message, StringComparison.Ordinal);
    }

    private static JobGraph Plan(string text) => SqlPlanner.Plan(text, FakeConnectors.Options).Graph!;
}
