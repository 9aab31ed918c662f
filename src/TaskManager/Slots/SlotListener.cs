using Akka.Actor;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;
using Millrace.TaskManager.Runtime;

namespace Millrace.TaskManager.Slots;

/// <summary>
/// Turns what subtasks report on their own threads into messages to the slot's actor. The last metrics are
/// read here, while the subtask still has them.
/// </summary>
internal sealed class SlotListener(IActorRef slot, ITaskExecutor executor) : ISubtaskListener
{
    public void Running(SubtaskId id) => Tell(id, SubtaskStateCode.SubtaskRunning);

    public void DataEnded(SubtaskId id) => Tell(id, SubtaskStateCode.SubtaskDataEnded);

    public void Finished(SubtaskId id) => Tell(id, SubtaskStateCode.SubtaskFinished);

    public void Canceled(SubtaskId id) => Tell(id, SubtaskStateCode.SubtaskCanceled);

    public void Failed(SubtaskId id, ErrorKind kind, string message) =>
        Tell(id, SubtaskStateCode.SubtaskFailed, (FailureKind)kind, message);

    public void SnapshotWritten(SubtaskId id, CheckpointId checkpoint, SubtaskSnapshot snapshot) =>
        slot.Tell(new SnapshotWritten
        {
            JobId = id.JobId,
            Attempt = id.Attempt,
            CheckpointId = checkpoint.Value,
            Subtask = Ref(id),
            Snapshot = CheckpointCodec.ToMessage(snapshot),
        });

    public void SnapshotFailed(SubtaskId id, CheckpointId checkpoint, string reason) =>
        slot.Tell(new SnapshotFailed
        {
            JobId = id.JobId,
            Attempt = id.Attempt,
            CheckpointId = checkpoint.Value,
            Subtask = Ref(id),
            Reason = reason,
        });

    private void Tell(SubtaskId id, SubtaskStateCode state, FailureKind kind = default, string message = "")
    {
        var metrics = new SubtaskMetrics { Subtask = Ref(id), State = state };
        if (state >= SubtaskStateCode.SubtaskDataEnded) MetricsCodec.Read(executor, id, metrics);
        slot.Tell(new SubtaskReported(
            new SubtaskChanged
            {
                JobId = id.JobId,
                Attempt = id.Attempt,
                Subtask = Ref(id),
                State = state,
                Kind = kind,
                Message = message,
            },
            metrics));
    }

    private static SubtaskRef Ref(SubtaskId id) => new() { Vertex = id.Vertex, Subtask = id.SubtaskIndex };
}

/// <summary>Stays inside the slot.</summary>
/// <param name="Metrics">The numbers at that moment, where they were still there.</param>
internal sealed record SubtaskReported(SubtaskChanged Change, SubtaskMetrics Metrics);

internal static class MetricsCodec
{
    /// <summary>Adds the metrics of the subtask's operators; nothing when it is gone.</summary>
    public static void Read(ITaskExecutor executor, SubtaskId id, SubtaskMetrics target)
    {
        if (executor.Metrics(id) is not { } groups) return;
        foreach ((string uid, Shared.Metrics.MetricGroup group) in groups)
        {
            var metrics = new OperatorMetrics { Uid = uid };
            foreach ((string name, double value) in group.Read()) metrics.Values[name] = value;
            target.Operators.Add(metrics);
        }
    }
}
