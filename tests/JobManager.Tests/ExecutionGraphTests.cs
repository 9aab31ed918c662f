using Millrace.JobManager.Execution;
using Millrace.JobManager.Tests.Fakes;
using Xunit;

namespace Millrace.JobManager.Tests;

/// <summary>What the graph counts as regions move, against counting anew.</summary>
public sealed class ExecutionGraphTests
{
    [Fact]
    public void Counts_that_are_kept_up_are_those_of_looking_at_every_region()
    {
        int started = 0;
        int ended = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var graph = new ExecutionGraph(
                random.Next(2) == 0 ? TestGraphs.Pipelines(random.Next(1, 4)) : TestGraphs.TwoParts(1, 2));
            for (int step = 0; step < 200; step++)
            {
                Move(graph, graph.Regions[random.Next(graph.Regions.Length)], random);
                AssertCountsAreRight(graph);
                if (graph.HaveAllStarted) started++;
                if (graph.HaveAllEnded) ended++;
            }
        }
        // The walks are worth something only if they get everywhere.
        Assert.InRange(started, 100, int.MaxValue);
        Assert.InRange(ended, 100, int.MaxValue);
    }

    private static void Move(ExecutionGraph graph, Region region, Random random)
    {
        switch (random.Next(12))
        {
            case 0: region.BeginAttempt(region.Attempt + 1); break;
            case 1: graph.Deploy(region); break;
            case 2: region.Stop(new AfterStop.Restart(TimeSpan.Zero, random.Next(2) == 0)); break;
            case 3: region.HasStopped(); break;
            case 4: region.BecomeReady(); break;
            default:
                if (!region.IsDeployed && random.Next(2) == 0) graph.Deploy(region);
                SubtaskKey key = region.Subtasks[random.Next(region.Subtasks.Length)];
                // Not all the way to the end: most walks would find nothing to do any more.
                graph.Apply(key, (SubtaskState)random.Next(1, random.Next(4) == 0 ? 6 : 4));
                break;
        }
    }

    private static void AssertCountsAreRight(ExecutionGraph graph)
    {
        List<Region> deployed = [.. graph.Regions.Where(r => r.IsDeployed)];
        foreach (SubtaskState state in Enum.GetValues<SubtaskState>())
            Assert.Equal(
                deployed.SelectMany(r => r.Subtasks).Count(k => graph[k] == state), graph.Count(state));
        Assert.Equal(
            graph.Regions.All(r => r.Phase == RegionPhase.Deployed
                && r.Subtasks.All(k => graph[k] != SubtaskState.Deploying)),
            graph.HaveAllStarted);
        Assert.Equal(
            graph.Regions.All(r => r.IsDeployed && r.Subtasks.All(
                k => graph[k] is SubtaskState.DataEnded or SubtaskState.Finished)),
            graph.HaveAllEnded);
        Assert.Equal(graph.Regions.Any(r => r.IsAlive), graph.IsAlive);
        Assert.Equal(graph.Regions.Sum(r => r.PendingRestarts), graph.PendingRestarts);
    }
}
