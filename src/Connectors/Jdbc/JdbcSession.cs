using Millrace.Shared.Columns;
using Millrace.Shared.Connect;

namespace Millrace.Connectors.Jdbc;

/// <summary>
/// A connection with its prepared statements for one use of a table. One thread at a time; may block.
/// Failures are the driver's exceptions, explained by <see cref="JdbcDialect.Explain"/>; after one it is
/// thrown away.
/// </summary>
internal interface IJdbcSession : IDisposable;

/// <summary>Answers keys.</summary>
internal interface ILookupSession : IJdbcSession
{
    /// <summary>
    /// Appends the rows of the keys from <paramref name="first"/> on, and for each row its key's index.
    /// </summary>
    /// <param name="count">1 to <see cref="JdbcDialect.MaxLookupKeys"/>.</param>
    void Lookup(ColumnBatch keys, int first, int count, RowReader rows, List<int> keyRows);
}

/// <summary>Writes changes.</summary>
internal interface ISinkSession : IJdbcSession
{
    /// <summary>Writes all the changes (there may be none) or nothing.</summary>
    /// <exception cref="Shared.Errors.MillraceException">Fenced: a newer attempt has taken over.</exception>
    void Write(SinkChanges changes);

    /// <summary>What was written survives a loss of power from now on.</summary>
    void MakeDurable();
}

/// <summary>One kind of database.</summary>
internal abstract class JdbcDialect
{
    /// <summary>The most keys that one statement asks for.</summary>
    public abstract int MaxLookupKeys { get; }

    /// <param name="cancel">Ends waits of the session for the database; then they fail in any way.</param>
    public abstract ILookupSession OpenLookup(
        JdbcOptions options, TableSpec table, LookupSpec lookup, CancellationToken cancel);

    /// <summary>
    /// Makes the table from the DDL where it is missing (ours; Flink makes none). Waits for no lock where it
    /// is there.
    /// </summary>
    public abstract ISinkSession OpenSink(JdbcOptions options, TableSpec table, SinkOpening opening);

    /// <summary>All rows of the physical columns, in a stable order.</summary>
    /// <param name="cancel">Ends waits for the database; then they fail in any way.</param>
    public abstract RowCursor Scan(
        JdbcOptions options, TableSpec table, IReadOnlyList<int> columns, long skip,
        CancellationToken cancel);

    public abstract JdbcFailure Explain(Exception failure, JdbcOptions options);

    public static JdbcDialect For(JdbcOptions options) => options.Url.Database switch
    {
        JdbcDatabase.Sqlite => new Sqlite.SqliteDialect(),
        _ => new MySql.MySqlDialect(),
    };
}
