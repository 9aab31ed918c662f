using Millrace.Shared.Checkpoints;

namespace Millrace.JobManager.Checkpoints;

/// <summary>
/// Checkpoint folders as the JobManager uses them; calls block on the disk and run on pool threads.
/// </summary>
internal interface ICheckpointStore
{
    /// <exception cref="IOException">The disk is full or gone; the checkpoint is then not
    /// complete.</exception>
    void WriteMetadata(CheckpointMetadata metadata);

    /// <exception cref="Shared.Errors.MillraceException">Invalid: nothing is there; Corrupt: it is
    /// damaged.</exception>
    CheckpointMetadata ReadMetadata(string folder);

    void Delete(string folder);
}

/// <summary>Checkpoints in files.</summary>
internal sealed class CheckpointStore(ICheckpointFiles files) : ICheckpointStore
{
    private readonly CheckpointStorage _storage = new(files);

    public void WriteMetadata(CheckpointMetadata metadata) => _storage.WriteMetadata(metadata);

    public CheckpointMetadata ReadMetadata(string folder) => _storage.ReadMetadata(folder);

    public void Delete(string folder) => _storage.Delete(folder);
}
