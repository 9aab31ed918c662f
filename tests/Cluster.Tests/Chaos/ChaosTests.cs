using System.Globalization;
using Millrace.Cluster.Tests.Results;
using Xunit;
using Xunit.Abstractions;

namespace Millrace.Cluster.Tests.Chaos;

/// <summary>Whatever is killed and whenever, the results are exact.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    /// <summary>A seed of one's own, to see a failure again.</summary>
    private static int Seed =>
        int.TryParse(Environment.GetEnvironmentVariable("MILLRACE_CHAOS_SEED"), CultureInfo.InvariantCulture,
            out int seed) ? seed : (int)(DateTime.UtcNow.Ticks % int.MaxValue);

    [Fact]
    public Task Results_equal_the_reference_whatever_is_killed() => RunAsync(ChaosPlan.Short);

    [NightlyFact]
    public Task Results_equal_the_reference_after_many_kills_of_everything() => RunAsync(ChaosPlan.Long);

    [NightlyFact(needsServer: true)]
    public Task Results_in_a_server_equal_the_reference_after_many_kills_of_everything() =>
        RunAsync(ChaosPlan.Long, folder => new MySqlResults(folder));

    /// <param name="store">Makes one whose files are in a folder; null: a SQLite file.</param>
    private async Task RunAsync(ChaosPlan plan, Func<string, IResultStore>? store = null)
    {
        await using var cluster = new TestCluster();
        using IResultStore results =
            store?.Invoke(cluster.File("jobs")) ?? new SqliteResults(cluster.File("results.db"));
        var jobs = new EdNetJobs(cluster, plan.Copies, results);
        var run = new ChaosRun(cluster, jobs, plan, Seed);
        try
        {
            Assert.Contains(await run.RunAsync(), job => job.Restarts > 0);
            jobs.AssertExact();
            await cluster.StopAsync();
            jobs.AssertClean();
            string figures = $"{results.Kind}, {plan}\n{run.Story}";
            output.WriteLine(figures);
            Figures.Tell(figures);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{results.Kind}, {plan}\n{run.Story}\n{cluster.Logs()}", e);
        }
    }
}
