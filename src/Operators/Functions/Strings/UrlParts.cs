namespace Millrace.Operators.Functions.Strings;

/// <summary>A URL cut into its parts as Java's URL class cuts it; nothing is decoded.</summary>
/// <param name="Protocol">In lower case.</param>
/// <param name="Authority">User, host and port; null without <c>//</c>.</param>
/// <param name="Path">May be empty.</param>
/// <param name="Query">Without the question mark; null where there is none.</param>
/// <param name="Fragment">Without the number sign; null where there is none.</param>
internal sealed record UrlParts(
    string Protocol, string? Authority, string Path, string? Query, string? Fragment)
{
    private static readonly string[] Protocols = ["http", "https", "ftp", "file", "jar", "mailto"];

    /// <summary>Null for a text without one of the protocols that Java knows.</summary>
    public static UrlParts? TryParse(string text)
    {
        text = text.Trim();
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string protocol = colon < 0 ? "" : text[..colon].ToLowerInvariant();
        if (!Protocols.Contains(protocol)) return null;
        string rest = text[(colon + 1)..];
        string? fragment = CutOff(ref rest, '#');
        string? query = CutOff(ref rest, '?');
        if (!rest.StartsWith("//", StringComparison.Ordinal))
            return new UrlParts(protocol, null, rest, query, fragment);
        int slash = rest.IndexOf('/', 2);
        string authority = slash < 0 ? rest[2..] : rest[2..slash];
        return new UrlParts(protocol, authority, slash < 0 ? "" : rest[slash..], query, fragment);
    }

    private static string? CutOff(ref string text, char mark)
    {
        int at = text.IndexOf(mark, StringComparison.Ordinal);
        if (at < 0) return null;
        string behind = text[(at + 1)..];
        text = text[..at];
        return behind;
    }

    /// <summary>
    /// The part of that name, in upper case; null where the URL has none or there is no such part.
    /// </summary>
    public string? Part(string name) => name switch
    {
        "PROTOCOL" => Protocol,
        "HOST" => Host,
        "PATH" => Path,
        "QUERY" => Query,
        "REF" => Fragment,
        "FILE" => Query is null ? Path : Path + "?" + Query,
        "AUTHORITY" => Authority,
        "USERINFO" => User,
        _ => null,
    };

    /// <summary>The value of the first <c>key=value</c> of the query; null where none is.</summary>
    public string? QueryValue(string key)
    {
        foreach (string pair in (Query ?? "").Split('&'))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0 && pair[..equals] == key) return pair[(equals + 1)..];
        }
        return null;
    }

    private string? User
    {
        get
        {
            int at = Authority?.LastIndexOf('@') ?? -1;
            return at < 0 ? null : Authority![..at];
        }
    }

    private string Host
    {
        get
        {
            string host = Authority is null ? "" : Authority[(Authority.LastIndexOf('@') + 1)..];
            int end = host.StartsWith('[') ? host.IndexOf(']', StringComparison.Ordinal) + 1 : 0;
            int colon = host.IndexOf(':', end);
            return colon < 0 ? host : host[..colon];
        }
    }
}
