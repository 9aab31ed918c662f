namespace Millrace.Run.Events;

/// <param name="Events">Lines in all partitions.</param>
/// <param name="Bytes">Length of all partitions.</param>
internal readonly record struct TopicSize(long Events, long Bytes)
{
    /// <summary>
    /// From the record of the preparation where its bytes still agree, else counted in the files.
    /// </summary>
    public static TopicSize Of(string eventsFolder, string topic, PreparationRecord? record)
    {
        string folder = Path.Combine(eventsFolder, topic);
        if (!Directory.Exists(folder))
            return default;
        long bytes = new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);
        return record is not null && record.Topics.TryGetValue(topic, out TopicSize known)
            && known.Bytes == bytes
            ? known
            : new TopicSize(Directory.EnumerateFiles(folder).Sum(CountLines), bytes);
    }

    private static long CountLines(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1);
        byte[] buffer = new byte[1 << 20];
        long lines = 0;
        byte last = (byte)'\n';
        for (int count; (count = file.Read(buffer)) > 0; last = buffer[count - 1])
            lines += buffer.AsSpan(0, count).Count((byte)'\n');
        return last == '\n' ? lines : lines + 1;
    }
}
