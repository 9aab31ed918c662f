using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Millrace.Run.Events;

/// <summary>
/// Sorts BusinessEvents in JSON lines into topic folders: <c>biz_statistic_{domain}</c> by user id.
/// </summary>
/// <remarks>Lines go on byte for byte in the order of the files. A line must be a JSON object that names its
/// domain; what else may be wrong with it is for the job that reads it to say. Without a user id it goes to
/// partition 0. Files that end in .gz are decompressed.</remarks>
internal static class EventDistribution
{
    private static readonly string[] StandardDomains = ["answer", "wrongbook", "user"];

    /// <summary>Writes all topics below a folder, the three standard ones also without an event.</summary>
    /// <exception cref="BadInputException">
    /// Names the first file and line that cannot be sorted, and why.
    /// </exception>
    public static void Write(string eventsFolder, IReadOnlyList<string> files)
    {
        Dictionary<string, TopicFolder> topics = [];
        try
        {
            foreach (string domain in StandardDomains)
                topics.Add(domain, new TopicFolder(eventsFolder, $"biz_statistic_{domain}"));
            foreach (string file in files)
                WriteFile(eventsFolder, file, topics);
        }
        finally
        {
            foreach (TopicFolder topic in topics.Values)
                topic.Dispose();
        }
    }

    private static void WriteFile(string eventsFolder, string file, Dictionary<string, TopicFolder> topics)
    {
        long lineNumber = 1;
        try
        {
            using FileStream bytes = File.OpenRead(file);
            using LineReader lines = new(file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                ? new GZipStream(bytes, CompressionMode.Decompress)
                : bytes);
            for (; lines.TryRead(out ReadOnlySpan<byte> line); lineNumber++)
            {
                if (!line.TrimEnd("\r\n"u8).IsEmpty)
                    WriteLine(eventsFolder, line, topics);
            }
        }
        catch (JsonException e)
        {
            throw new BadInputException(
                $"{file}, line {lineNumber}: {Reason(e)} (byte {e.BytePositionInLine} of the line).", e);
        }
        catch (InvalidOperationException e)
        {
            throw new BadInputException(
                $"{file}, line {lineNumber}: the domain or the user id is not valid UTF-8.", e);
        }
        catch (InvalidDataException e)
        {
            throw new BadInputException(
                $"{file}, line {lineNumber}: the gzip file is damaged or cut off behind this.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new BadInputException($"{file}, line {lineNumber}: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>Without the line, which the reader counts within the line that it was given.</summary>
    private static string Reason(JsonException e) =>
        e.Message.Split(" LineNumber:", 2)[0].TrimEnd('.');

    private static void WriteLine(
        string eventsFolder, ReadOnlySpan<byte> line, Dictionary<string, TopicFolder> topics)
    {
        (string? domain, byte[]? userId) = ReadPlace(line);
        if (domain is not { Length: > 0 and <= 64 }
            || !domain.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        {
            throw new FormatException(domain is null
                ? "the event has no domain"
                : $"'{domain}' is no domain: letters, digits, _ and -, up to 64");
        }
        if (!topics.TryGetValue(domain, out TopicFolder? topic))
            topics.Add(domain, topic = new TopicFolder(eventsFolder, $"biz_statistic_{domain}"));
        int partition = userId is null ? 0 : TopicFolder.PartitionOf(userId);
        topic.Append(partition, line);
        if (line[^1] != '\n')
            topic.Append(partition, "\n"u8);
    }

    /// <summary>
    /// Finds domain and user id in the outer object; of a name that occurs twice the last counts.
    /// </summary>
    private static (string? Domain, byte[]? UserId) ReadPlace(ReadOnlySpan<byte> line)
    {
        Utf8JsonReader json = new(line);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            throw new FormatException("the line is no JSON object");
        string? domain = null;
        byte[]? userId = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isDomain = json.ValueTextEquals("domain"u8), isUser = json.ValueTextEquals("userId"u8);
            json.Read();
            if (isDomain)
                domain = json.TokenType == JsonTokenType.String ? json.GetString() : null;
            if (isUser)
                userId = json.TokenType == JsonTokenType.String
                    ? Encoding.UTF8.GetBytes(json.GetString()!)
                    : null;
            json.Skip();
        }
        if (json.Read())
            throw new FormatException("something follows the JSON object");
        return (domain, userId);
    }
}
