using Millrace.Shared.Messages;
using Millrace.TaskManager.Runtime;

namespace Millrace.TaskManager.Slots;

/// <summary>
/// The latest attempt of one subtask in a slot, as the JobMaster has commanded it and as it has reported;
/// also after it has ended, so that a report which was lost can be told again.
/// </summary>
internal sealed class SlotSubtask(SubtaskId id, SubtaskStateCode state)
{
    /// <summary>
    /// Snapshots that are told again; an older one is of a checkpoint that is long decided.
    /// </summary>
    private const int MaxSnapshots = 8;

    private readonly Queue<SnapshotWritten> _snapshots = new();

    public SubtaskId Id { get; } = id;

    public SubtaskStateCode State { get; private set; } = state;

    public FailureKind Kind { get; private set; }

    public string Message { get; private set; } = "";

    /// <summary>The latest checkpoint whose barrier a source was told to emit.</summary>
    public long Triggered { get; set; }

    /// <summary>The latest checkpoint that it was told to be complete.</summary>
    public long Completed { get; set; }

    public SubtaskRef Ref => new() { Vertex = Id.Vertex, Subtask = Id.SubtaskIndex };

    public bool HasStopped => State >= SubtaskStateCode.SubtaskFinished;

    public void Move(SubtaskStateCode state, FailureKind kind = default, string message = "")
    {
        State = state;
        Kind = kind;
        Message = message;
    }

    public void Add(SnapshotWritten written)
    {
        if (_snapshots.Count == MaxSnapshots) _snapshots.Dequeue();
        _snapshots.Enqueue(written);
    }

    public SnapshotWritten? SnapshotOf(long checkpoint) =>
        _snapshots.FirstOrDefault(s => s.CheckpointId == checkpoint);

    public SubtaskChanged ToChange() => new()
    {
        JobId = Id.JobId,
        Attempt = Id.Attempt,
        Subtask = Ref,
        State = State,
        Kind = Kind,
        Message = Message,
    };

    public SubtaskMetrics ToMetrics() =>
        new() { Subtask = Ref, State = State, Attempt = Id.Attempt, Kind = Kind, Message = Message };
}
