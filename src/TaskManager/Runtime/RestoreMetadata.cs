using Millrace.Shared.Checkpoints;

namespace Millrace.TaskManager.Runtime;

/// <summary>
/// The metadata of checkpoints to start from that came without their subtasks, read from the folder once for
/// all subtasks of the process.
/// </summary>
internal sealed class RestoreMetadata(ICheckpointFiles files)
{
    private readonly CheckpointStorage _storage = new(files);
    private readonly Lock _reading = new();
    private CheckpointMetadata? _last;

    /// <summary>Blocks on the disk.</summary>
    /// <exception cref="Shared.Errors.MillraceException">Invalid: nothing is there; Corrupt: it is
    /// damaged.</exception>
    public CheckpointMetadata Complete(CheckpointMetadata restore)
    {
        if (!restore.AreSubtasksInFolder) return restore;
        lock (_reading)
        {
            if (_last?.Folder != restore.Folder || _last.Checkpoint != restore.Checkpoint)
                _last = _storage.ReadMetadata(restore.Folder) with { Folder = restore.Folder };
            return _last;
        }
    }
}
