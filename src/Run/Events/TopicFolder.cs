namespace Millrace.Run.Events;

/// <summary>
/// Writes a topic as a folder: a file of JSON lines for each partition, filled in the order of calls.
/// </summary>
/// <remarks>A learner's events share a partition, so they stay in order: the partition is a stable hash
/// (FNV-1a) of the user id. All files exist after <see cref="Dispose"/>, also those without a line. Not for
/// several threads.</remarks>
internal sealed class TopicFolder : IDisposable
{
    public const int PartitionCount = 8;

    private const int BufferSizeBytes = 1 << 18;

    private readonly FileStream[] _partitions = new FileStream[PartitionCount];

    public TopicFolder(string eventsFolder, string topic)
    {
        string folder = Path.Combine(eventsFolder, topic);
        Directory.CreateDirectory(folder);
        for (int i = 0; i < PartitionCount; i++)
            _partitions[i] = new FileStream(Path.Combine(folder, $"partition-{i}.json"), FileMode.CreateNew,
                FileAccess.Write, FileShare.Read, BufferSizeBytes);
    }

    /// <summary>The partition of a user id, 0 to 7, the same in every run.</summary>
    public static int PartitionOf(ReadOnlySpan<byte> userId)
    {
        uint hash = 2166136261;
        foreach (byte b in userId)
            hash = (hash ^ b) * 16777619;
        return (int)(hash % PartitionCount);
    }

    /// <summary>Appends a line, its line feed included.</summary>
    public void Append(int partition, ReadOnlySpan<byte> line) => _partitions[partition].Write(line);

    public void Dispose()
    {
        foreach (FileStream partition in _partitions)
            partition.Dispose();
    }
}
