using Millrace.Connectors.Options;

namespace Millrace.Connectors.Jdbc;

public enum JdbcDatabase
{
    Sqlite,
    MySql,
}

/// <summary>
/// Where the database is: <c>jdbc:sqlite:FILE</c> or
/// <c>jdbc:mysql://host[:port]/database[?name=value&amp;…]</c>. Its text is safe to show: credentials in the
/// URL are masked.
/// </summary>
/// <param name="Place">The file, or the host.</param>
/// <param name="Port">0 for SQLite.</param>
/// <param name="Name">The database; empty for SQLite.</param>
/// <param name="Parameters">What follows the question mark, secrets included.</param>
public sealed record JdbcUrl(
    JdbcDatabase Database,
    string Place,
    int Port,
    string Name,
    IReadOnlyDictionary<string, string> Parameters)
{
    private const string SqlitePrefix = "jdbc:sqlite:";
    private const string MySqlPrefix = "jdbc:mysql://";
    private const string MariaDbPrefix = "jdbc:mariadb://";
    private const int MySqlPort = 3306;

    /// <exception cref="Shared.Errors.MillraceException">Invalid: no such form.</exception>
    internal static JdbcUrl Parse(string text, OptionReader options)
    {
        if (text.StartsWith(SqlitePrefix, StringComparison.OrdinalIgnoreCase)
            && text.Length > SqlitePrefix.Length)
        {
            string file = text[SqlitePrefix.Length..];
            if (file.StartsWith(":memory:", StringComparison.Ordinal))
                throw options.Error("cannot use a database in memory, since every connection would have its "
                    + "own; name a file in 'url'");
            return new JdbcUrl(JdbcDatabase.Sqlite, file, 0, "", new Dictionary<string, string>());
        }
        foreach (string prefix in (ReadOnlySpan<string>)[MySqlPrefix, MariaDbPrefix])
            if (text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
                && ParseMySql(text[prefix.Length..]) is { } url)
                return url;
        throw options.Malformed("url", "jdbc:sqlite:FILE or jdbc:mysql://host:port/database");
    }

    /// <summary>
    /// The URL of a SQLite file with an absolute path, a relative one being below <paramref name="folder"/>.
    /// </summary>
    /// <returns>Null where the URL names no file of this machine.</returns>
    internal static string? Located(string text, string folder)
    {
        if (!text.StartsWith(SqlitePrefix, StringComparison.OrdinalIgnoreCase)) return null;
        string file = text[SqlitePrefix.Length..];
        // A colon: a database in memory, or a file: URI.
        return file.Length == 0 || file.IndexOf(':', StringComparison.Ordinal) >= 2 || file[0] == ':'
            ? null
            : SqlitePrefix + Path.GetFullPath(file, folder);
    }

    public override string ToString() => Database == JdbcDatabase.Sqlite
        ? SqlitePrefix + Place
        : string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{MySqlPrefix}{Place}:{Port}/{Name}");

    private static JdbcUrl? ParseMySql(string rest)
    {
        string[] halves = rest.Split('?', 2);
        // user:password@host is not JDBC's form, but must never reach a message.
        string[] address = halves[0][(halves[0].LastIndexOf('@') + 1)..].Split('/', 2);
        if (address is not [var host, { Length: > 0 } name]) return null;
        string[] hostAndPort = host.Split(':', 2);
        int port = MySqlPort;
        if (hostAndPort.Length == 2 && !int.TryParse(hostAndPort[1], out port)) return null;
        if (hostAndPort[0].Length == 0 || port is < 1 or > 65535) return null;
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string written = halves.Length < 2 ? "" : halves[1];
        foreach (string pair in written.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            parameters[parts[0]] = parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : "";
        }
        return new JdbcUrl(JdbcDatabase.MySql, hostAndPort[0], port, name, parameters);
    }
}
