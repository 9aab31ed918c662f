using System.Collections.Concurrent;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Connect;
using Millrace.TaskManager.Exchange;
using Millrace.TaskManager.Runtime;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>
/// The half of a TaskManager that moves records, as its program makes it, with a data port behind a relay.
/// </summary>
internal sealed class ChaosRuntime : IAsyncDisposable
{
    private readonly ConcurrentQueue<Thread> _threads = new();
    private readonly NetworkExchange _exchange;

    public ChaosRuntime(IConnectorRegistry connectors, ICheckpointFiles files)
    {
        _exchange = NetworkExchange.Start(new ExchangeOptions { AdvertisedHost = DataRelay.Host });
        Relay = new DataRelay(_exchange.Port);
        Executor = new TaskExecutor(TimeProvider.System, connectors, files, _exchange, NewThread);
    }

    public TaskExecutor Executor { get; }

    public DataRelay Relay { get; }

    /// <summary>host:port by which other nodes reach the data port.</summary>
    public string DataAddress => _exchange.Address;

    public int DataPort => _exchange.Port;

    /// <summary>Of subtasks and of those who write their snapshots.</summary>
    public IEnumerable<string> LiveThreads => _threads.Where(t => t.IsAlive).Select(t => t.Name!);

    /// <summary>Other nodes hear nothing of its subtasks any more, and these end as soon as they can.</summary>
    public async Task KillAsync()
    {
        await Relay.DisposeAsync();
        Executor.CancelAll();
        await _exchange.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Executor.Dispose();
        await _exchange.DisposeAsync();
        await Relay.DisposeAsync();
    }

    private Thread NewThread(string name, ThreadStart run)
    {
        Thread thread = Threads.NewBackground(name, run);
        _threads.Enqueue(thread);
        return thread;
    }
}
