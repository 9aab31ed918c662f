using System.Globalization;
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

    private async Task RunAsync(ChaosPlan plan)
    {
        await using var cluster = new TestCluster();
        var jobs = new EdNetJobs(cluster, plan.Copies);
        var run = new ChaosRun(cluster, jobs, plan, Seed);
        try
        {
            Assert.Contains(await run.RunAsync(), job => job.Restarts > 0);
            jobs.AssertExact();
            await cluster.StopAsync();
            jobs.AssertClean();
            output.WriteLine($"{plan}\n{run.Story}");
            Figures.Tell($"{plan}\n{run.Story}");
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{plan}\n{run.Story}\n{cluster.Logs()}", e);
        }
    }
}
