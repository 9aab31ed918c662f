using Google.Protobuf;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Tests.Fakes;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Xunit;

namespace Millrace.JobManager.Tests;

/// <summary>
/// Random facts in random order, late, repeated and of other attempts too. <see cref="MachineWorld"/> holds
/// the machine to its promises at every effect; afterwards a world that answers everything must bring it to
/// its end.
/// </summary>
public sealed class JobMachineProperties
{
    [Fact]
    public void No_order_of_events_breaks_a_promise()
    {
        var ends = new List<JobRecord>();
        for (int seed = 0; seed < 600; seed++)
        {
            try
            {
                ends.Add(Play(new Random(seed)));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
        }
        // The walks are worth something only if they get everywhere.
        Assert.Equal(3, ends.Select(r => r.Ended!.State).Distinct().Count());
        Assert.InRange(ends.Count(r => r.Restarts > 1), 60, ends.Count);
        Assert.InRange(ends.Count(r => r.CheckpointsCompleted > 2), 40, ends.Count);
        Assert.Contains(ends, r => r.IsStopped);
        Assert.Contains(ends, r => r.HasLostAllCheckpoints);
    }

    private static JobRecord Play(Random random)
    {
        var options = MachineWorld.WithCheckpoints(
            restarts: random.Next(1, 8), tolerable: random.Next(3), concurrent: random.Next(1, 4));
        var world = new MachineWorld(options, graph: SomeGraph(random)).Begin();
        int requests = 0;
        for (int step = 0; step < 300 && !world.HasEnded; step++) Step(world, random, ref requests);
        Settle(world);
        Assert.True(
            world.HasEnded,
            $"The job did not come to an end, it is {world.State}, its regions "
            + $"{string.Join(", ", world.Machine.Graph.Regions.Select(r => r.Phase))}; waits: "
            + $"{world.Machine.IsWaitingForSlots}, {string.Join(", ", world.Timers.Keys)}.");
        Assert.Equal(requests, world.Answers.Count + world.Rescaled.Count);
        AssertJournalTellsTheSame(world);
        return world.Machine.Record;
    }

    private static JobGraph SomeGraph(Random random) => random.Next(3) switch
    {
        0 => TestGraphs.SourceToSink(random.Next(1, 4)),
        1 => TestGraphs.Pipelines(random.Next(2, 4)),
        _ => TestGraphs.TwoParts(random.Next(1, 3), random.Next(1, 4)),
    };

    private static void Step(MachineWorld world, Random random, ref int requests)
    {
        switch (random.Next(100))
        {
            case < 8 when world.Machine.IsWaitingForSlots || random.Next(5) == 0: world.Grant(); break;
            case < 40 when world.Alive.Count > 0: ReportSomething(world, random); break;
            case < 61: AcknowledgeSomething(world, random); break;
            case 61: world.Decline(SomeCheckpoint(world, random), SomeSubtask(world, random)); break;
            case < 73 when world.Writes.Count > 0:
                world.AnswerWrite(
                    world.Writes[random.Next(world.Writes.Count)], random.Next(20) == 0 ? "disk full" : null);
                break;
            case < 78 when world.Reads.Count > 0:
                world.AnswerRead(world.Reads[0], random.Next(
                    5) == 0 ? new MillraceException(ErrorKind.Corrupt, "damaged") : null);
                break;
            case < 90 when world.Timers.Count > 0:
                // Mostly in order; a timer may be late by as much as it likes.
                world.Fire(random.Next(10) == 0
                    ? world.Timers.Keys.ElementAt(random.Next(world.Timers.Count))
                    : world.Timers.MinBy(t => t.Value).Key);
                break;
            case < 92: world.Advance(TimeSpan.FromSeconds(random.Next(20))); break;
            case < 93: world.LoseSlot(random.Next(4)); break;
            case < 95: world.Savepoint(++requests, Purpose(random)); break;
            case 95 when random.Next(4) == 0:
                world.Rescale(++requests, SomeGraph(random), random.Next(1, 4));
                break;
            case 95 when random.Next(10) == 0: world.Cancel(); break;
            case 96 when random.Next(4) == 0 && world.Answers.Count + world.Rescaled.Count == requests:
                world.Recover();
                break;
            default: break;
        }
    }

    private static void ReportSomething(MachineWorld world, Random random)
    {
        SubtaskKey key = world.Alive.ElementAt(random.Next(world.Alive.Count));
        bool isStopping = world.Machine.Graph.RegionOf(key).Phase == RegionPhase.Stopping;
        SubtaskState state = random.Next(20) switch
        {
            < 12 => SubtaskState.Running,
            < 13 => SubtaskState.DataEnded,
            < 18 when isStopping => SubtaskState.Canceled,
            < 18 when IsToldToFinish(world) => SubtaskState.Finished,
            19 when random.Next(3) == 0 => SubtaskState.Failed,
            _ => SubtaskState.Running,
        };
        if (random.Next(15) == 0) world.Report(key, SubtaskState.Running, attempt: world.AttemptOf(key) - 1);
        else world.Report(key, state, (ErrorKind)random.Next(1, 5));
    }

    private static void AcknowledgeSomething(MachineWorld world, Random random)
    {
        SubtaskKey key = SomeSubtask(world, random);
        if (random.Next(3) == 0) world.AcknowledgeAll(SomeCheckpoint(world, random));
        else if (random.Next(10) == 0)
            world.Acknowledge(SomeCheckpoint(world, random), key, world.AttemptOf(key) - 1);
        else world.Acknowledge(SomeCheckpoint(world, random), key);
    }

    private static AfterSavepoint Purpose(Random random) => random.Next(12) switch
    {
        0 or 1 => AfterSavepoint.Stop,
        2 => AfterSavepoint.Cancel,
        _ => AfterSavepoint.GoOn,
    };

    /// <summary>Since the last deployment.</summary>
    private static bool IsToldToFinish(MachineWorld world) =>
        world.Effects.FindLastIndex(e => e is FinishAll)
        > world.Effects.FindLastIndex(e => e is DeployAttempt);

    private static long SomeCheckpoint(MachineWorld world, Random random) =>
        world.Pending.Count > 0 && random.Next(8) > 0
        ? world.Pending[random.Next(world.Pending.Count)].Value
        : random.Next(1, 30);

    private static SubtaskKey SomeSubtask(MachineWorld world, Random random) =>
        world.Machine.Graph.Subtasks.ElementAt(random.Next(world.Machine.Graph.Total));

    /// <summary>Everything is answered, nothing fails any more, and the data ends.</summary>
    private static void Settle(MachineWorld world)
    {
        for (int round = 0; round < 200 && !world.HasEnded; round++)
        {
            world.Run();
            foreach (WriteMetadata write in world.Writes.ToList()) world.AnswerWrite(write);
            foreach (var checkpoint in world.Pending.ToList()) world.Complete(checkpoint.Value);
            foreach (SubtaskKey key in world.Alive.ToList())
                world.Report(
                    key,
                    world.Machine.Graph.RegionOf(key).Phase == RegionPhase.Stopping
                        ? SubtaskState.Canceled
                        : SubtaskState.DataEnded);
            if (IsToldToFinish(world)) world.ReportAll(SubtaskState.Finished);
            world.Advance(TimeSpan.FromSeconds(6));
        }
    }

    private static void AssertJournalTellsTheSame(MachineWorld world)
    {
        var again = new JobRecord();
        foreach (IMessage happened in world.Journal) again.Apply(happened);
        Assert.Equal(world.Machine.Record.ToSnapshot(), again.ToSnapshot());
        var shortened = new JobRecord();
        shortened.Apply(again.ToSnapshot());
        Assert.Equal(again.ToSnapshot(), shortened.ToSnapshot());
    }
}
