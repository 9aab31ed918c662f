using System.Collections.Concurrent;
using Millrace.JobManager.Checkpoints;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Errors;

namespace Millrace.JobManager.Tests.Fakes;

/// <summary>Checkpoint folders in memory.</summary>
internal sealed class FakeCheckpointStore : ICheckpointStore
{
    public ConcurrentDictionary<string, CheckpointMetadata> Folders { get; } = new();

    public HashSet<string> Damaged { get; } = [];

    public string? WriteError { get; set; }

    public void CreateFolder(string folder)
    {
    }

    public void WriteMetadata(CheckpointMetadata metadata)
    {
        if (WriteError is not null) throw new IOException(WriteError);
        Folders[metadata.Folder] = metadata;
    }

    public CheckpointMetadata ReadMetadata(string folder)
    {
        if (Damaged.Contains(folder)) throw new MillraceException(ErrorKind.Corrupt, $"{folder} is damaged.");
        return Folders.TryGetValue(folder, out CheckpointMetadata? metadata)
            ? metadata
            : throw new MillraceException(ErrorKind.Invalid, $"There is no checkpoint at {folder}.");
    }

    public string Resolve(string path) => path;

    public void Sweep(string folder, IReadOnlyCollection<string> kept, long upTo)
    {
        foreach (CheckpointMetadata inside in Folders.Values.Where(
            m => m.Folder.StartsWith(folder, StringComparison.Ordinal) && m.Checkpoint.Value <= upTo
                && !kept.Contains(m.Folder)))
            Folders.TryRemove(inside.Folder, out _);
    }

    public void Delete(string folder)
    {
        foreach (string inside in Folders.Keys.Where(f => f.StartsWith(folder, StringComparison.Ordinal)))
            Folders.TryRemove(inside, out _);
    }
}
