using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.TaskManager.Runtime;
using Xunit;

namespace Millrace.TaskManager.Tests;

public sealed class TaskExecutorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("millrace-executor").FullName;
    private readonly ProcessExchange _exchange = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_bounded_job_ends_its_data_checkpoints_and_finishes_with_nothing_left()
    {
        var connector = new MemoryConnector(4, 20_000);
        var listener = new CountingListener();
        using var executor = NewExecutor(connector);
        List<SubtaskId> ids = Deploy(executor, listener, MemoryConnector.Graph(2, 2));
        listener.Await("data ended", 4);
        Trigger(executor, ids, 1);
        listener.Await("snapshot", 4);
        foreach (SubtaskId id in ids) executor.CheckpointComplete(id, new CheckpointId(1));
        foreach (SubtaskId id in ids) executor.Finish(id);
        listener.Await("finished", 4);
        Assert.Equal(80_000, connector.Flushed.Select(r => r.Sequence).Distinct().Count());
        Assert.Equal(0, executor.RunningCount);
        Assert.Equal(0, _exchange.OpenChannels);
    }

    [Fact]
    public void A_source_that_fails_reports_why_and_says_that_a_restart_may_help()
    {
        var connector = new MemoryConnector(1, 1000) { FailsAt = 500 };
        var listener = new CountingListener();
        using var executor = NewExecutor(connector);
        Deploy(executor, listener, MemoryConnector.Graph(1, 1));
        listener.Await("failed", 1);
        Assert.Equal((ErrorKind.Unavailable, "source (1/1): the disk is gone"), listener.Failure);
    }

    [Fact]
    public void A_canceled_subtask_ends_also_while_it_waits_for_input()
    {
        var connector = new MemoryConnector(1, 10) { IsUnbounded = true };
        var listener = new CountingListener();
        using var executor = NewExecutor(connector);
        List<SubtaskId> ids = Deploy(executor, listener, MemoryConnector.Graph(1, 2));
        listener.Await("running", 3);
        foreach (SubtaskId id in ids) executor.Cancel(id);
        listener.Await("canceled", 3);
        Assert.Equal(0, _exchange.OpenChannels);
    }

    [Fact]
    public void A_snapshot_that_cannot_be_written_is_reported_and_the_subtask_goes_on()
    {
        var connector = new MemoryConnector(1, 10) { IsUnbounded = true };
        var listener = new CountingListener();
        using var executor = NewExecutor(connector);
        List<SubtaskId> ids = Deploy(executor, listener, MemoryConnector.Graph(1, 1));
        listener.Await("running", 2);
        string file = Path.Combine(_folder, "not-a-folder");
        File.WriteAllText(file, "");
        foreach (SubtaskId id in ids)
            executor.TriggerCheckpoint(id, new Barrier(new CheckpointId(1), Path.Combine(file, "chk-1")));
        listener.Await("snapshot failed", 1);
        Trigger(executor, ids, 2);
        listener.Await("snapshot", 3);
        Assert.Equal(2, executor.RunningCount);
    }

    private TaskExecutor NewExecutor(MemoryConnector connector) =>
        new(TimeProvider.System, connector, new LocalCheckpointFiles(), _exchange);

    private void Trigger(TaskExecutor executor, List<SubtaskId> ids, long checkpoint)
    {
        string folder = Path.Combine(_folder, $"chk-{checkpoint}");
        Directory.CreateDirectory(folder);
        foreach (SubtaskId id in ids)
            executor.TriggerCheckpoint(id, new Barrier(new CheckpointId(checkpoint), folder));
    }

    private static List<SubtaskId> Deploy(TaskExecutor executor, CountingListener listener, JobGraph graph)
    {
        var ids = new List<SubtaskId>();
        for (int v = 0; v < graph.Vertices.Length; v++)
            for (int i = 0; i < graph.Vertices[v].Parallelism; i++) ids.Add(new SubtaskId("job", 1, v, i));
        foreach (SubtaskId id in ids) executor.Deploy(new SubtaskDescriptor(id, graph, null), listener);
        return ids;
    }
}
