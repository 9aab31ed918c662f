using System.Text.RegularExpressions;
using Millrace.Connectors.Options;

namespace Millrace.Connectors.Files;

/// <summary>The options of <c>filesystem</c> besides those of its format.</summary>
/// <param name="Path">A local file or folder.</param>
/// <param name="Pattern">As a source: only files whose full path matches as a whole.</param>
internal sealed record FileOptions(string Path, Regex? Pattern)
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    public static FileOptions Read(OptionReader options)
    {
        if (options.Has("source.monitor-interval"))
            throw options.Error("has the option 'source.monitor-interval', which is not supported: "
                + "files are read once, to their end");
        return new FileOptions(LocalPath(options), ReadPattern(options));
    }

    /// <summary>It has no scheme: one letter before a colon is a drive.</summary>
    public static bool IsLocal(string path) => path.IndexOf(':', StringComparison.Ordinal) < 2;

    private static string LocalPath(OptionReader options)
    {
        string path = options.Required("path");
        if (IsLocal(path)) return path;
        int scheme = path.IndexOf(':', StringComparison.Ordinal);
        if (!path.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw options.Error(
                $"has its files at '{path}'; only local paths and file: URLs can be read and written");
        return "/" + path[(scheme + 1)..].TrimStart('/');
    }

    private static Regex? ReadPattern(OptionReader options)
    {
        if (options.Text("source.path.regex-pattern") is not { } pattern) return null;
        try
        {
            return new Regex($"^(?:{pattern})$", RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException)
        {
            throw options.Malformed("source.path.regex-pattern", "a regular expression");
        }
    }
}
