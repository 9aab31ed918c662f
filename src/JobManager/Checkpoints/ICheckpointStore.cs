using System.Globalization;
using Millrace.Shared.Checkpoints;

namespace Millrace.JobManager.Checkpoints;

/// <summary>
/// Checkpoint folders as the JobManager uses them; calls block on the disk and run on pool threads.
/// </summary>
internal interface ICheckpointStore
{
    /// <summary>
    /// Only here does a checkpoint's folder begin: what is written later, by whoever was merely slow, fails
    /// when the folder has been removed.
    /// </summary>
    void CreateFolder(string folder);

    /// <exception cref="IOException">The disk is full or gone, or the folder is; the checkpoint is then not
    /// complete.</exception>
    void WriteMetadata(CheckpointMetadata metadata);

    /// <exception cref="Shared.Errors.MillraceException">Invalid: nothing is there; Corrupt: it is
    /// damaged.</exception>
    CheckpointMetadata ReadMetadata(string folder);

    /// <summary>
    /// What a user may name: a checkpoint's folder, its metadata file, or the folder of a job.
    /// </summary>
    /// <returns>The folder of the job's latest complete checkpoint; else the path as it is.</returns>
    string Resolve(string path);

    void Delete(string folder);

    /// <summary>Removes the checkpoints below a job's folder that are not kept.</summary>
    /// <param name="upTo">Checkpoints of higher numbers stay.</param>
    void Sweep(string folder, IReadOnlyCollection<string> kept, long upTo);
}

/// <summary>Checkpoints in files.</summary>
internal sealed class CheckpointStore(ICheckpointFiles files) : ICheckpointStore
{
    private const string Prefix = "chk-";

    private readonly CheckpointStorage _storage = new(files);

    public void CreateFolder(string folder) => files.CreateFolder(folder);

    public void WriteMetadata(CheckpointMetadata metadata) => _storage.WriteMetadata(metadata);

    public CheckpointMetadata ReadMetadata(string folder) => _storage.ReadMetadata(folder);

    public string Resolve(string path) =>
        IsComplete(path)
            ? path
            : files.Folders(path)
                .Where(f => NumberOf(f) is not null && IsComplete(f))
                .MaxBy(NumberOf) ?? path;

    public void Delete(string folder) => _storage.Delete(folder);

    public void Sweep(string folder, IReadOnlyCollection<string> kept, long upTo)
    {
        HashSet<string> stay = [.. kept.Select(Path.GetFullPath)];
        foreach (string checkpoint in files.Folders(folder))
            if (NumberOf(checkpoint) is { } number && number <= upTo
                && !stay.Contains(Path.GetFullPath(checkpoint)))
                _storage.Delete(checkpoint);
    }

    private bool IsComplete(string folder) =>
        files.Exists(Path.Combine(folder, CheckpointStorage.MetadataFile));

    private static long? NumberOf(string folder)
    {
        string name = Path.GetFileName(folder);
        return name.StartsWith(Prefix, StringComparison.Ordinal)
            && long.TryParse(
                name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;
    }
}
