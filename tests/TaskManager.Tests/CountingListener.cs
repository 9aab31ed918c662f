using System.Collections.Concurrent;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.TaskManager.Runtime;
using Xunit;

namespace Millrace.TaskManager.Tests;

/// <summary>Counts reports and lets a test wait for them.</summary>
internal sealed class CountingListener : ISubtaskListener
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly object _lock = new();

    public (ErrorKind, string) Failure { get; private set; }

    public void Await(string what, int count)
    {
        lock (_lock)
            while (_counts.GetValueOrDefault(what) < count)
                Assert.True(Monitor.Wait(_lock, Patience),
                    $"only {_counts.GetValueOrDefault(what)} of {count} {what}");
    }

    public void Running(SubtaskId id) => Count("running");

    public void DataEnded(SubtaskId id) => Count("data ended");

    public void Finished(SubtaskId id) => Count("finished");

    public void Canceled(SubtaskId id) => Count("canceled");

    public void Failed(SubtaskId id, ErrorKind kind, string message)
    {
        Failure = (kind, message);
        Count("failed");
    }

    public void SnapshotWritten(SubtaskId id, CheckpointId checkpoint, SubtaskSnapshot snapshot) =>
        Count("snapshot");

    public void SnapshotFailed(SubtaskId id, CheckpointId checkpoint, string reason) =>
        Count("snapshot failed");

    private void Count(string what)
    {
        lock (_lock)
        {
            _counts.AddOrUpdate(what, 1, (_, n) => n + 1);
            Monitor.PulseAll(_lock);
        }
    }
}
