using Millrace.Operators.Aggregates;
using Millrace.Operators.Lookups;
using Millrace.Operators.Matching;
using Millrace.Operators.Sources;
using Millrace.Shared.Connect;
using Millrace.Shared.Graph;
using Xunit;
using Xunit.Abstractions;

namespace Millrace.Sql.Tests.Planning;

/// <summary>The plans of the specification's three jobs, as they lie in jobs/.</summary>
public sealed class JobPlansTests(ITestOutputHelper output)
{
    [Fact]
    public void The_wrongbook_job_is_one_chain_that_decodes_four_fields_of_the_payload()
    {
        JobGraph graph = Plan("wrongbook");

        JobVertex vertex = Assert.Single(graph.Vertices);
        SourcePlan source = Plans<SourcePlan>(graph).Single();
        Assert.Equal(
            ["payload.fixId", "payload.wrongId", "payload.fixResult", "payload.submitTime"],
            source.Scan.Columns.OfType<JsonScanColumn>().Select(c => c.Name));
        Assert.DoesNotContain(source.Scan.Columns, c => c.Name == "payload");
        Assert.Equal(["wrongbook", "wrongbook_fix"], source.Scan.Prefilter.Select(p => p.Text));
        LookupJoinPlan[] joins = [.. Plans<LookupJoinPlan>(graph)];
        Assert.Equal(4, joins.Length);
        Assert.All(joins, j => Assert.False(j.IsLeftOuter));
        Assert.Equal(2, vertex.Parallelism);
    }

    [Fact]
    public void The_daily_job_hashes_three_filtered_sources_to_one_aggregate()
    {
        JobGraph graph = Plan("user-daily-stats");

        Assert.Equal(4, graph.Vertices.Length);
        Assert.All(graph.Edges, e => Assert.Equal(ExchangeKind.Hash, e.Kind));
        GroupAggregatePlan group = Plans<GroupAggregatePlan>(graph).Single();
        Assert.False(group.InputRetracts);
        Assert.Equal(5, group.Aggregates.Length);
        Assert.NotNull(group.MiniBatch);
        Assert.Equal(86_400_000, group.TtlMs);
        Assert.Equal(
            ["payload.isCorrect", "payload.answerTime"],
            Plans<SourcePlan>(graph).SelectMany(s => s.Scan.Columns).OfType<JsonScanColumn>()
                .Select(c => c.Name).OrderDescending(StringComparer.Ordinal));
    }

    [Fact]
    public void The_alerts_job_reads_and_filters_the_answers_once_for_both_patterns()
    {
        JobGraph graph = Plan("learning-analysis");

        SourcePlan source = Assert.Single(Plans<SourcePlan>(graph));
        Assert.Equal(3, source.Scan.Columns.OfType<JsonScanColumn>().Count());
        Assert.Equal(2, Plans<MatchPlan>(graph).Count());
        Assert.Equal(2, graph.OutputsOf(0).Count());
        Assert.Empty(source.Scan.Prefilter);
    }

    private JobGraph Plan(string job)
    {
        string text = File.ReadAllText(Path.Combine(Root(), "jobs", job + ".sql"))
            .Replace("${", "{", StringComparison.Ordinal);
        int insert = text.IndexOf("INSERT INTO", StringComparison.Ordinal);
        PlannedScript script = SqlPlanner.Plan(
            text.Insert(insert, "EXPLAIN ") + "\n" + text[insert..],
            FakeConnectors.Options with { DefaultParallelism = 2 });
        output.WriteLine(script.Explanations[0]);
        return script.Graph!;
    }

    private static IEnumerable<T> Plans<T>(JobGraph graph) =>
        graph.Vertices.SelectMany(v => v.Chain).Select(n => n.Plan).OfType<T>();

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Cluster.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
