using System.Text.Json;

namespace Millrace.Run.Events;

/// <summary>What a folder was prepared from, in a file beside its events: so that a second run need not
/// prepare again, and need not count the events.</summary>
/// <param name="Source">Names everything that the events depend on; equal means equal events.</param>
/// <param name="Topics">By topic what was written.</param>
internal sealed record PreparationRecord(string Source, Dictionary<string, TopicSize> Topics)
{
    private const string FileName = "prepared.json";

    /// <summary>Raised when the same source would give other events or tables.</summary>
    private const int FormatVersion = 1;

    /// <summary>The name of EdNet, or of other files by path, length and time of change.</summary>
    public static string SourceName(int copyCount, IReadOnlyList<string>? eventFiles) => eventFiles is null
        ? $"v{FormatVersion} EdNet x {copyCount}"
        : $"v{FormatVersion} " + string.Join(' ', eventFiles.Select(Stamp));

    /// <returns>Null where there is none, or none that can be read.</returns>
    public static PreparationRecord? Read(string folder)
    {
        try
        {
            string path = Path.Combine(folder, FileName);
            return File.Exists(path)
                ? JsonSerializer.Deserialize<PreparationRecord>(File.ReadAllText(path))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Counts what lies in <c>events/</c> and writes it beside.</summary>
    public static void Write(string folder, string source)
    {
        string events = Path.Combine(folder, "events");
        Dictionary<string, TopicSize> topics =
            Directory.EnumerateDirectories(events, "biz_statistic_*").ToDictionary(
                topic => Path.GetFileName(topic),
                topic => TopicSize.Of(events, Path.GetFileName(topic), record: null));
        File.WriteAllText(
            Path.Combine(folder, FileName), JsonSerializer.Serialize(new PreparationRecord(source, topics)));
    }

    public static void Remove(string folder) => File.Delete(Path.Combine(folder, FileName));

    /// <summary>Whether the folder still holds what this record says.</summary>
    public bool Holds(string folder) =>
        File.Exists(Path.Combine(folder, "tables.db"))
        && Topics.All(topic =>
            TopicSize.Of(Path.Combine(folder, "events"), topic.Key, this).Bytes == topic.Value.Bytes);

    private static string Stamp(string path)
    {
        FileInfo file = new(path);
        return file.Exists ? $"{file.FullName}:{file.Length}:{file.LastWriteTimeUtc.Ticks}" : file.FullName;
    }
}
