using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.State;
using Millrace.TaskManager.Exchange;

namespace Millrace.TaskManager.Runtime;

/// <summary>
/// The snapshots of one subtask from the barrier to the file: collected along the chain, joined with the
/// records that the barrier has overtaken once all of them have arrived, written in the background. Used by
/// the subtask's thread.
/// </summary>
internal sealed class SubtaskCheckpoints(
    SubtaskDescriptor descriptor,
    SubtaskEnvironment environment,
    ISubtaskListener listener,
    InputGate? gate) : IDisposable
{
    private (Barrier Barrier, List<(string Uid, IStateSnapshot Snapshot)> Snapshots)? _held;

    public SnapshotCollector Collector { get; } = new();

    /// <summary>The barrier has left the chain.</summary>
    public void OnPassed(Barrier barrier)
    {
        List<(string Uid, IStateSnapshot Snapshot)> snapshots = Collector.Take(barrier);
        if (gate?.Capture?.Checkpoint == barrier.Checkpoint) _held = (barrier, snapshots);
        else Write(barrier, snapshots);
    }

    /// <summary>Writes the snapshot that waited for records in flight, if they are all there.</summary>
    public bool WriteWhenCaptured()
    {
        if (_held is not { } held || gate!.TakeCapture() is not { } capture) return false;
        _held = null;
        if (capture.Failure is { } why)
        {
            capture.Dispose();
            Drop(held.Snapshots);
            listener.SnapshotFailed(
                descriptor.Id, held.Barrier.Checkpoint,
                $"{descriptor.Describe()} cannot take its snapshot: {why}.");
            return true;
        }
        var inFlight = new InFlightSnapshot(capture.Watermarks, capture.Take());
        if (!inFlight.IsEmpty) held.Snapshots.Add((InFlightRecords.Uid, inFlight));
        Write(held.Barrier, held.Snapshots);
        return true;
    }

    /// <summary>The checkpoint will not complete.</summary>
    public void Abort(CheckpointId checkpoint)
    {
        gate?.Abort(checkpoint);
        if (_held?.Barrier.Checkpoint == checkpoint) DropHeld();
    }

    public void Dispose()
    {
        DropHeld();
        Collector.Dispose();
    }

    private void Write(Barrier barrier, List<(string Uid, IStateSnapshot Snapshot)> snapshots) =>
        environment.RunInBackground(() =>
        {
            try
            {
                SubtaskSnapshot written = SubtaskSnapshotWriter.Write(
                    environment.CheckpointFiles, descriptor, barrier, snapshots);
                listener.SnapshotWritten(descriptor.Id, barrier.Checkpoint, written);
            }
            catch (Exception e)
            {
                listener.SnapshotFailed(
                    descriptor.Id, barrier.Checkpoint,
                    $"{descriptor.Describe()} cannot write its snapshot: {e.Message}");
            }
            finally
            {
                Drop(snapshots);
            }
        });

    private void DropHeld()
    {
        if (_held is { } held) Drop(held.Snapshots);
        _held = null;
    }

    private static void Drop(List<(string Uid, IStateSnapshot Snapshot)> snapshots)
    {
        foreach ((_, IStateSnapshot snapshot) in snapshots) snapshot.Dispose();
    }
}
