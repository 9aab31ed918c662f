using Millrace.Shared.Messages;

namespace Millrace.JobManager.Execution;

/// <summary>
/// The latest checkpoints and savepoints of this JobMaster, complete and failed, for reports.
/// </summary>
internal sealed class CheckpointHistory
{
    private const int Limit = 20;
    private readonly Queue<CheckpointReport> _latest = new();

    public IReadOnlyCollection<CheckpointReport> Latest => _latest;

    public long Failed { get; private set; }

    public void Add(PendingCheckpoint checkpoint, DateTimeOffset now, string? failure)
    {
        if (failure is not null) Failed++;
        if (_latest.Count == Limit) _latest.Dequeue();
        _latest.Enqueue(new CheckpointReport
        {
            CheckpointId = checkpoint.Id.Value,
            Savepoint = checkpoint.Barrier.IsSavepoint,
            Folder = checkpoint.Barrier.Folder,
            TriggeredAt = checkpoint.TriggeredAt.ToUnixTimeMilliseconds(),
            DurationMs = (long)(now - checkpoint.TriggeredAt).TotalMilliseconds,
            SizeBytes = checkpoint.SizeBytes,
            Failure = failure ?? "",
        });
    }
}
