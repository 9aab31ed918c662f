using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.TaskManager.Exchange;
using Millrace.TaskManager.Runtime;
using Xunit;

namespace Millrace.TaskManager.Tests.Network;

/// <summary>Jobs whose subtasks run in two executors, each with an exchange as another process would
/// have.</summary>
public sealed class NetworkJobTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("millrace-network").FullName;
    private readonly NetworkExchange[] _exchanges =
        [NetworkExchange.Start(new ExchangeOptions()), NetworkExchange.Start(new ExchangeOptions())];
    private readonly CountingListener _listener = new();

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        foreach (NetworkExchange exchange in _exchanges) await exchange.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_job_over_two_processes_gives_what_it_gives_in_one_and_leaves_nothing()
    {
        var connector = new MemoryConnector(4, 20_000);
        TaskExecutor[] executors = NewExecutors(connector);
        List<(TaskExecutor Executor, SubtaskId Id)> subtasks = Deploy(executors, MemoryConnector.Graph(4, 4));
        _listener.Await("data ended", 8);
        Trigger(subtasks);
        _listener.Await("snapshot", 8);
        foreach ((TaskExecutor executor, SubtaskId id) in subtasks) executor.Finish(id);
        _listener.Await("finished", 8);
        foreach (TaskExecutor executor in executors) executor.Dispose();
        Assert.Equal(Expected(), connector.Flushed.Select(r => (r.Key, r.Sequence)).Order());
        foreach (var stream in connector.Flushed.GroupBy(r => (r.Key, r.Sequence / 1_000_000)))
            Assert.Equal(stream.Select(r => r.Sequence).Order(), stream.Select(r => r.Sequence));
        Condition.Await(() => _exchanges.Sum(e => e.OpenChannels) == 0);
    }

    [Fact]
    public async Task A_process_that_dies_fails_the_subtasks_that_exchange_records_with_it()
    {
        var connector = new MemoryConnector(4, 10) { IsUnbounded = true };
        TaskExecutor[] executors = NewExecutors(connector);
        List<(TaskExecutor, SubtaskId)> subtasks = Deploy(executors, MemoryConnector.Graph(2, 2));
        // A barrier that has passed everywhere shows that every channel is connected.
        _listener.Await("running", 4);
        Trigger(subtasks);
        _listener.Await("snapshot", 4);
        await _exchanges[1].DisposeAsync();
        _listener.Await("failed", 4);
        Assert.Equal(ErrorKind.Unavailable, _listener.Failure.Item1);
        Assert.Contains(_exchanges[0].Address, _listener.Failure.Item2, StringComparison.Ordinal);
        Assert.Contains(_exchanges[1].Address, _listener.Failure.Item2, StringComparison.Ordinal);
        foreach (TaskExecutor executor in executors) executor.Dispose();
        Condition.Await(() => _exchanges.Sum(e => e.OpenChannels) == 0);
    }

    private TaskExecutor[] NewExecutors(MemoryConnector connector) =>
        [.. _exchanges.Select(e =>
            new TaskExecutor(TimeProvider.System, connector, new LocalCheckpointFiles(), e))];

    /// <summary>Subtasks of even index in the first process, those of odd index in the second.</summary>
    private List<(TaskExecutor, SubtaskId)> Deploy(TaskExecutor[] executors, JobGraph graph)
    {
        var subtasks = new List<(TaskExecutor, SubtaskId)>();
        for (int v = 0; v < graph.Vertices.Length; v++)
            for (int i = 0; i < graph.Vertices[v].Parallelism; i++)
                subtasks.Add((executors[i % 2], new SubtaskId("job", 1, v, i)));
        int slots = graph.Vertices.Max(v => v.Parallelism);
        foreach ((TaskExecutor executor, SubtaskId id) in subtasks)
        {
            var descriptor = new SubtaskDescriptor(id, graph, null)
            {
                Exchanges = [.. Enumerable.Range(0, slots).Select(i => _exchanges[i % 2].Address)],
            };
            executor.Deploy(descriptor, _listener);
        }
        return subtasks;
    }

    private void Trigger(List<(TaskExecutor Executor, SubtaskId Id)> subtasks)
    {
        var barrier = new Barrier(new CheckpointId(1), Path.Combine(_folder, "chk-1"));
        Directory.CreateDirectory(barrier.Folder);
        foreach ((TaskExecutor executor, SubtaskId id) in subtasks) executor.TriggerCheckpoint(id, barrier);
    }

    /// <summary>The same job by the executor of one process.</summary>
    private static IEnumerable<(long, long)> Expected()
    {
        var connector = new MemoryConnector(4, 20_000);
        using var driver = new StepDriver(MemoryConnector.Graph(2, 2), connector, TimeProvider.System);
        driver.RunUntilIdle();
        return connector.Flushed.Select(r => (r.Key, r.Sequence)).Order();
    }
}
