using System.Text;

namespace Millrace.Operators.Functions.Json.Paths;

/// <summary>
/// A JSON path as Flink has it: Jayway's path language (Goessner 2007, with slices, filters and functions)
/// behind an optional mode. In <c>strict</c> mode, which is the default, a step that leads nowhere is an
/// error; in <c>lax</c> mode it gives nothing. Lax mode here does not look through arrays by itself.
/// </summary>
internal sealed class JsonPath
{
    private JsonPath(bool isLax, PathToken[]? tokens)
    {
        IsLax = isLax;
        Tokens = tokens ?? [];
        IsValid = tokens is not null;
        IsDefinite = Tokens.All(t => t.IsDefinite);
        if (IsValid && Tokens.Length > 0 && Tokens.All(t => t is MemberToken))
            MemberNames = [.. Tokens.Select(t => Encoding.UTF8.GetBytes(((MemberToken)t).Name))];
    }

    public bool IsLax { get; }

    /// <summary>False for a text that is no path: reading it always fails.</summary>
    public bool IsValid { get; }

    /// <summary>Whether the path gives one value, not a list of matches.</summary>
    public bool IsDefinite { get; }

    public PathToken[] Tokens { get; }

    /// <summary>
    /// The names of a path of members only (<c>$.a.b</c>), in UTF-8; null for any other path.
    /// </summary>
    public byte[][]? MemberNames { get; }

    public static JsonPath Parse(string text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().TrimStart();
        bool isLax = StartsWithMode(trimmed, "lax");
        bool hasMode = isLax || StartsWithMode(trimmed, "strict");
        string path = hasMode ? trimmed[(isLax ? 3 : 6)..].Trim().ToString() : text.Trim();
        return new JsonPath(isLax, PathParser.TryParse(path));
    }

    private static bool StartsWithMode(ReadOnlySpan<char> text, string mode) =>
        text.Length > mode.Length + 1 && text.StartsWith(mode, StringComparison.OrdinalIgnoreCase) &&
        char.IsWhiteSpace(text[mode.Length]);
}
