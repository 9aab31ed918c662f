using System.Globalization;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Sql;
using Millrace.TaskManager.Runtime;

namespace Millrace.Benchmarks.Runtime;

/// <summary>
/// Runs SQL through the planner and the real runtime: a thread a subtask, exchanges, and a checkpoint to disk
/// every half second, without the actors above.
/// </summary>
internal sealed class JobRunner : ISubtaskListener, IDisposable
{
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMilliseconds(500);
    private readonly string _folder = Directory.CreateTempSubdirectory("millrace-bench").FullName;
    private readonly CountdownEvent _ended = new(1);
    private int _snapshots;
    private string? _failure;

    /// <summary>Snapshots of subtasks that were written.</summary>
    public int Snapshots => Volatile.Read(ref _snapshots);

    /// <summary>Runs the job to the end of its data.</summary>
    public void Run(string sql, IConnectorRegistry tables)
    {
        JobGraph graph = SqlPlanner.Plan(sql, new PlannerOptions(tables, "bench", 1, 128)).Graph!;
        using var executor =
            new TaskExecutor(TimeProvider.System, tables, new LocalCheckpointFiles(), new ProcessExchange());
        SubtaskId[] ids = [.. graph.Vertices.Select((_, v) => new SubtaskId("bench", 1, v, 0))];
        _ended.Reset(ids.Length);
        foreach (SubtaskId id in ids) executor.Deploy(new SubtaskDescriptor(id, graph, null), this);
        for (long checkpoint = 1; !_ended.Wait(CheckpointInterval); checkpoint++)
        {
            string folder = Path.Combine(_folder, checkpoint.ToString(CultureInfo.InvariantCulture));
            var barrier = new Barrier(new CheckpointId(checkpoint), folder);
            Directory.CreateDirectory(folder);
            foreach (SubtaskId id in ids) executor.TriggerCheckpoint(id, barrier);
        }
        Invariant.Check(_failure is null, _failure ?? "");
    }

    public void Dispose()
    {
        _ended.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    void ISubtaskListener.Running(SubtaskId id)
    {
    }

    void ISubtaskListener.DataEnded(SubtaskId id) => _ended.Signal();

    void ISubtaskListener.Finished(SubtaskId id)
    {
    }

    void ISubtaskListener.Canceled(SubtaskId id)
    {
    }

    void ISubtaskListener.Failed(SubtaskId id, ErrorKind kind, string message)
    {
        _failure = message;
        while (!_ended.IsSet) _ended.Signal();
    }

    void ISubtaskListener.SnapshotWritten(SubtaskId id, CheckpointId checkpoint, SubtaskSnapshot snapshot) =>
        Interlocked.Increment(ref _snapshots);

    void ISubtaskListener.SnapshotFailed(SubtaskId id, CheckpointId checkpoint, string reason) =>
        _failure = reason;
}
