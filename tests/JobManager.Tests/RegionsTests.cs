using System.Collections.Immutable;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Tests.Fakes;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages.Events;
using Xunit;

namespace Millrace.JobManager.Tests;

/// <summary>A region restarts alone; the rest of the job runs on.</summary>
public sealed class RegionsTests
{
    private static readonly SubtaskKey Source = new(0, 0);
    private static readonly SubtaskKey SourceB = new(2, 0);

    [Fact]
    public void Subtasks_belong_together_when_channels_connect_them()
    {
        Assert.Single(RegionsOf(TestGraphs.SourceToSink(3)));
        Assert.Equal([2, 2, 2], RegionsOf(TestGraphs.Pipelines(3)).Select(r => r.Subtasks.Length));
        Assert.Equal([2, 6], RegionsOf(TestGraphs.TwoParts(1, 3)).Select(r => r.Subtasks.Length).Order());
    }

    /// <summary>Against a model that follows channels from subtask to subtask.</summary>
    [Fact]
    public void Regions_are_what_can_be_reached_through_channels()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            JobGraph graph = RandomGraph(new Random(seed));
            var regionOf = RegionsOf(graph).SelectMany(r => r.Subtasks.Select(k => (k, r.Index)))
                .ToDictionary(p => p.k, p => p.Index);
            foreach (SubtaskKey from in regionOf.Keys)
            {
                HashSet<SubtaskKey> reached = Reached(graph, from);
                Assert.All(regionOf, p => Assert.Equal(reached.Contains(p.Key), p.Value == regionOf[from]));
            }
        }
    }

    [Fact]
    public void Only_the_region_that_failed_is_canceled_and_deployed_again()
    {
        var world = new MachineWorld(graph: TestGraphs.TwoParts(1, 2)).Run();
        world.Advance(TimeSpan.FromSeconds(10));
        world.Complete(1);
        world.Report(SourceB, SubtaskState.Failed);
        Assert.Equal(JobState.Restarting, world.State);
        CancelAttempt cancel = Assert.Single(world.Seen<CancelAttempt>());
        Assert.Equal([2, 2, 3, 3], cancel.Subtasks.Select(k => k.Vertex));
        CancelRegion(world, SourceB);
        world.Advance(TimeSpan.FromSeconds(5));
        Assert.EndsWith("chk-1", Assert.Single(world.Reads).Folder, StringComparison.Ordinal);
        world.Run();
        Assert.Equal(JobState.Running, world.State);
        Assert.Equal((1, 2), (world.AttemptOf(Source), world.AttemptOf(SourceB)));
        AttemptStarted started = world.Journal.OfType<AttemptStarted>().Last();
        Assert.Equal((2, true, 4), (started.Attempt, started.IsRestart, started.Region.Count));
        Assert.Equal(4, world.Seen<DeployAttempt>().Last().Region.Length);
    }

    [Fact]
    public void Checkpoints_wait_until_all_regions_run_and_one_under_way_is_aborted()
    {
        var world = new MachineWorld(graph: TestGraphs.TwoParts(1, 1)).Run();
        world.Advance(TimeSpan.FromSeconds(10));
        world.Report(SourceB, SubtaskState.Failed);
        Assert.Equal(1, Assert.Single(world.Seen<NotifyAborted>()).Checkpoint.Value);
        CancelRegion(world, SourceB);
        world.Advance(TimeSpan.FromSeconds(20));
        Assert.Single(world.Triggers);
        world.Run();
        world.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, world.Triggers.Count());
    }

    [Fact]
    public void Data_that_has_ended_in_one_region_stays_ended_while_another_restarts()
    {
        var world = new MachineWorld(graph: TestGraphs.TwoParts(1, 1)).Run();
        world.Report(Source, SubtaskState.DataEnded);
        world.Report(new SubtaskKey(1, 0), SubtaskState.DataEnded);
        world.Report(SourceB, SubtaskState.Failed);
        CancelRegion(world, SourceB);
        world.Advance(TimeSpan.FromSeconds(5));
        world.Run();
        Assert.Equal(SubtaskState.DataEnded, world.Machine.Graph[Source]);
        world.ReportAll(SubtaskState.DataEnded);
        world.Complete(world.Pending.Single().Value);
        world.ReportAll(SubtaskState.Finished);
        Assert.Equal(JobState.Finished, world.State);
    }

    [Fact]
    public void Two_regions_that_fail_at_once_restart_each_with_its_own_attempt()
    {
        var world = new MachineWorld(graph: TestGraphs.TwoParts(1, 1)).Run();
        world.Report(Source, SubtaskState.Failed);
        world.Report(SourceB, SubtaskState.Failed);
        CancelRegion(world, Source);
        CancelRegion(world, SourceB);
        world.Advance(TimeSpan.FromSeconds(5));
        world.Run();
        Assert.Equal(JobState.Running, world.State);
        Assert.Equal([2, 3], new[] { world.AttemptOf(Source), world.AttemptOf(SourceB) }.Order());
        Assert.Equal(2, world.Machine.Record.Restarts);
    }

    [Fact]
    public void A_lost_slot_is_one_failure_however_many_regions_had_subtasks_there()
    {
        var world = new MachineWorld(graph: TestGraphs.TwoParts(1, 2)).Run();
        world.LoseSlot(0);
        foreach (SubtaskKey key in world.Alive.ToList()) world.Report(key, SubtaskState.Canceled);
        world.Advance(TimeSpan.FromSeconds(5));
        Assert.Single(world.Journal.OfType<FailureSeen>());
        world.Run();
        world.Run();
        Assert.Equal((JobState.Running, 1), (world.State, world.Machine.Record.Restarts));
    }

    [Fact]
    public void A_region_that_runs_keeps_its_slots_while_another_waits_for_one()
    {
        var world = new MachineWorld(graph: TestGraphs.Pipelines(3)).Run();
        world.LoseSlot(1);
        world.Advance(TimeSpan.FromSeconds(5));
        Assert.True(world.Machine.IsWaitingForSlots);
        Assert.Equal(1, world.Wanted);
        Assert.Equal(2, world.Machine.Slots.Held.Count());
        world.Run();
        Assert.Equal((JobState.Running, 2), (world.State, world.AttemptOf(new SubtaskKey(0, 1))));
        Assert.Equal(1, world.AttemptOf(Source));
    }

    [Fact]
    public void A_cancel_while_a_region_restarts_stops_the_others()
    {
        var world = new MachineWorld(graph: TestGraphs.TwoParts(1, 1)).Run();
        world.Report(SourceB, SubtaskState.Failed);
        CancelRegion(world, SourceB);
        world.Cancel();
        CancelRegion(world, Source);
        Assert.Equal(JobState.Canceled, world.State);
        Assert.Empty(world.Timers);
    }

    [Fact]
    public void A_stop_whose_savepoint_fails_with_a_region_restarts_all_since_all_sources_have_stopped()
    {
        var world = new MachineWorld(graph: TestGraphs.TwoParts(1, 1)).Run();
        world.Savepoint(1, AfterSavepoint.Stop);
        world.Report(SourceB, SubtaskState.Failed);
        Assert.Equal(2, world.Seen<CancelAttempt>().Count());
        Assert.Null(Assert.Single(world.Answers).Path);
    }

    [Fact]
    public void A_failure_in_a_region_that_is_stopping_counts_no_second_time()
    {
        var world = new MachineWorld(graph: TestGraphs.TwoParts(1, 1)).Run();
        world.Report(SourceB, SubtaskState.Failed);
        world.Report(new SubtaskKey(3, 0), SubtaskState.Failed, ErrorKind.Invalid);
        Assert.Single(world.Journal.OfType<FailureSeen>());
        Assert.Equal(JobState.Restarting, world.State);
    }

    private static void CancelRegion(MachineWorld world, SubtaskKey of)
    {
        Region region = world.Machine.Graph.RegionOf(of);
        foreach (SubtaskKey key in region.Subtasks.Where(world.Alive.Contains).ToList())
            world.Report(key, SubtaskState.Canceled);
    }

    private static ImmutableArray<Region> RegionsOf(JobGraph graph) =>
        Regions.Of(graph, new RegionTotals());

    private static JobGraph RandomGraph(Random random)
    {
        JobGraph one = TestGraphs.SourceToSink();
        JobVertex[] vertices =
        [
            .. Enumerable.Range(0, random.Next(1, 6)).Select(
                i => one.Vertices[0] with { Id = $"v{i}", Parallelism = random.Next(1, 4) }),
        ];
        var edges = new List<JobEdge>();
        for (int i = 0; i < random.Next(6); i++)
        {
            int to = random.Next(vertices.Length);
            int from = random.Next(vertices.Length);
            bool isEven = vertices[from].Parallelism == vertices[to].Parallelism;
            ExchangeKind kind = isEven && random.Next(2) == 0
                ? ExchangeKind.Forward
                : (ExchangeKind)random.Next(1, 5);
            if (from < to) edges.Add(new JobEdge(from, to, 0, kind, []));
        }
        return one with { Vertices = [.. vertices], Edges = [.. edges] };
    }

    private static HashSet<SubtaskKey> Reached(JobGraph graph, SubtaskKey from)
    {
        var reached = new HashSet<SubtaskKey> { from };
        var open = new Stack<SubtaskKey>(reached);
        while (open.TryPop(out SubtaskKey at))
            foreach (JobEdge edge in graph.Edges.Where(e => e.From == at.Vertex || e.To == at.Vertex))
            {
                int other = edge.From == at.Vertex ? edge.To : edge.From;
                for (int i = 0; i < graph.Vertices[other].Parallelism; i++)
                    if ((edge.Kind != ExchangeKind.Forward || i == at.Index)
                        && reached.Add(new SubtaskKey(other, i)))
                        open.Push(new SubtaskKey(other, i));
            }
        return reached;
    }
}
