using FsCheck.Xunit;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Graph;
using Millrace.TaskManager.Runtime;
using Xunit;

namespace Millrace.TaskManager.Tests;

public sealed class StepDriverTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("millrace-steps").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_row_arrives_once_and_in_order_per_split_and_key()
    {
        var connector = new MemoryConnector(splits: 5, rowsPerSplit: 1000);
        using var driver = new StepDriver(MemoryConnector.Graph(2, 3), connector, TimeProvider.System);
        driver.RunUntilIdle();
        Assert.True(driver.DataEnded);
        Assert.Equal(5000, connector.Flushed.Select(r => r.Sequence).Distinct().Count());
        Assert.Equal(5000, connector.Flushed.Count);
        foreach (var stream in connector.Flushed.GroupBy(r => (r.Key, r.Sequence / 1_000_000)))
            Assert.Equal(stream.Select(r => r.Sequence).Order(), stream.Select(r => r.Sequence));
    }

    [Property(MaxTest = 20)]
    public void Before_a_checkpoint_and_after_a_restore_at_another_parallelism_all_is_flushed_once(
        int seed)
    {
        var random = new Random(seed);
        var connector = new MemoryConnector(random.Next(1, 6), random.Next(0, 500)) { IsUnbounded = true };
        int total = RunWhole(connector);
        connector.Flushed.Clear();
        CheckpointMetadata checkpoint;
        int before;
        using (var driver = new StepDriver(
            MemoryConnector.Graph(random.Next(1, 4), random.Next(1, 4)), connector, TimeProvider.System))
        {
            checkpoint = driver.Checkpoint(new CheckpointId(1), Path.Combine(_folder, $"{seed}"));
            before = connector.Flushed.Count;
            connector.IsUnbounded = random.Next(2) == 0;
            driver.RunUntilIdle();
        }
        (int, long, long)[] kept = [.. connector.Flushed.Take(before)];
        connector.Flushed.Clear();
        foreach (var row in kept) connector.Flushed.Enqueue(row);
        connector.IsUnbounded = false;
        JobGraph rescaled = MemoryConnector.Graph(random.Next(1, 4), random.Next(1, 4));
        using var again =
            new StepDriver(rescaled, connector, TimeProvider.System, restore: checkpoint, attempt: 2);
        again.RunUntilIdle();
        Assert.True(again.DataEnded);
        Assert.Equal(total, connector.Flushed.Select(r => r.Sequence).Distinct().Count());
        Assert.Equal(total, connector.Flushed.Count);
    }

    [Fact]
    public void A_checkpoint_after_the_data_has_ended_still_covers_every_subtask()
    {
        var connector = new MemoryConnector(2, 100);
        JobGraph graph = MemoryConnector.Graph(2, 2, ExchangeKind.Rebalance);
        using var driver = new StepDriver(graph, connector, TimeProvider.System);
        driver.RunUntilIdle();
        Assert.True(driver.DataEnded);
        CheckpointMetadata last = driver.Checkpoint(new CheckpointId(3), Path.Combine(_folder, "last"));
        Assert.Equal(4, last.Subtasks.Length);
        using var restored = new StepDriver(graph, connector, TimeProvider.System, restore: last, attempt: 2);
        restored.RunUntilIdle();
        Assert.True(restored.DataEnded);
        Assert.Equal(200, connector.Flushed.Count);
    }

    [Fact]
    public void A_global_exchange_gives_all_rows_to_one_subtask_and_barriers_to_all()
    {
        var connector = new MemoryConnector(3, 100);
        using var driver = new StepDriver(
            MemoryConnector.Graph(2, 3, ExchangeKind.Global), connector, TimeProvider.System);
        CheckpointMetadata checkpoint =
            driver.Checkpoint(new CheckpointId(1), Path.Combine(_folder, "global"));
        driver.RunUntilIdle();
        Assert.Equal(5, checkpoint.Subtasks.Length);
        Assert.True(driver.DataEnded);
        Assert.Equal(300, connector.Flushed.Count(r => r.Subtask == 0));
    }

    private static int RunWhole(MemoryConnector connector)
    {
        connector.IsUnbounded = false;
        using var driver = new StepDriver(MemoryConnector.Graph(1, 1), connector, TimeProvider.System);
        driver.RunUntilIdle();
        connector.IsUnbounded = true;
        return connector.Flushed.Count;
    }
}
