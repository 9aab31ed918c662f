using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Execution;

/// <summary>
/// The latest checkpoints and savepoints of this JobMaster, complete and failed, for reports; those before,
/// as far as they are stored.
/// </summary>
internal sealed class CheckpointHistory(JobRecord record)
{
    private const int Limit = 20;
    private readonly Queue<CheckpointReport> _latest = new(
        record.Savepoints.Concat(record.Retained).OrderBy(c => c.CheckpointId).TakeLast(Limit).Select(Of));

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
            Request = checkpoint.Request?.Key ?? "",
        });
    }

    /// <summary>A complete one.</summary>
    public static CheckpointReport Of(CheckpointTaken taken) => new()
    {
        CheckpointId = taken.CheckpointId,
        Savepoint = taken.Savepoint,
        Folder = taken.Folder,
        TriggeredAt = taken.TriggeredAt,
        DurationMs = taken.DurationMs,
        SizeBytes = taken.SizeBytes,
        Request = taken.Request,
    };
}
