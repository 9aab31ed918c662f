using Millrace.Connectors.Jdbc;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Jdbc;

public sealed class JdbcLookupTests : IDisposable
{
    private static readonly Schema Users = Tables.SchemaOf(
        ("id", LogicalType.BigInt), ("name", LogicalType.String), ("is_deleted", LogicalType.Boolean));

    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Keys_find_their_rows()
    {
        _file.Run("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, is_deleted TINYINT); INSERT INTO t "
            + "VALUES (1, 'one', 0), (2, NULL, 1), (3, 'drei ä', NULL)");
        string[] rows = await Ask(Users, [0], [0, 1, 2], Tables.Longs(3, 9, 1, 2));
        Assert.Equal(["0: 3|drei ä|NULL", "2: 1|one|False", "3: 2|NULL|True"], rows);
    }

    [Fact]
    public async Task Many_keys_are_asked_for_in_several_statements()
    {
        _file.Run("CREATE TABLE t (id BIGINT, name TEXT, is_deleted TINYINT)");
        _file.Run("WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 999) INSERT "
            + "INTO t SELECT i, 'n' || i, 0 FROM n");
        string[] rows =
            await Ask(Users, [0], [1], Tables.Longs([.. Enumerable.Range(500, 600).Select(i => (long?)i)]));
        Assert.Equal(500, rows.Length);
        Assert.Contains("499: n999", rows);
    }

    [Fact]
    public async Task A_key_of_two_columns_and_several_rows_a_key()
    {
        Schema schema =
            Tables.SchemaOf(("a", LogicalType.Int), ("b", LogicalType.String), ("v", LogicalType.Double));
        _file.Run("CREATE TABLE t (a INT, b TEXT, v DOUBLE); INSERT INTO t VALUES (1, 'x', 0.5), (1, 'x', "
            + "2), (1, 'y', 3), (2, 'x', 4)");
        string[] rows = await Ask(schema, [0, 1], [2], Tables.Fixed<int>(1, 2), BytesColumn.Of("x", "y"));
        Assert.Equal(["0: 0.5", "0: 2"], rows);
    }

    [Fact]
    public async Task Values_are_read_by_the_declared_type()
    {
        Schema schema = Tables.SchemaOf(
            ("id", LogicalType.BigInt), ("b", LogicalType.TinyInt), ("s", LogicalType.SmallInt),
            ("i", LogicalType.Int),
            ("f", LogicalType.Float), ("d", LogicalType.Decimal(10, 2)), ("dt", LogicalType.Date),
            ("tm", LogicalType.Time(3)),
            ("ts", LogicalType.Timestamp(3)), ("tz", LogicalType.TimestampLtz(6)),
            ("bin", LogicalType.Bytes));
        _file.Run("CREATE TABLE t (id, b, s, i, f, d, dt, tm, ts, tz, bin); " +
            "INSERT INTO t VALUES (1, 7, '12', 3.0, 0.25, '12.345', '2024-01-31', '10:00:01.5', '2024-01-31 "
            + "10:00:00.25', 1000, x'00ff')");
        string[] rows = await Ask(schema, [0], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], Tables.Longs(1));
        Assert.Equal(["0: 7|12|3|0.25|1235|19753|36001500|1706695200250|1000000|00FF"], rows);
    }

    [Theory]
    [InlineData("'abc'", "INT", "'abc' in column 'i', which is no INT")]
    [InlineData("3000000000", "INT", "'3000000000' in column 'i', which is no INT")]
    [InlineData("1.5", "INT", "'1.5' in column 'i', which is no INT")]
    public async Task A_value_of_another_type_is_refused(string value, string type, string message)
    {
        _file.Run($"CREATE TABLE t (id BIGINT, i); INSERT INTO t VALUES (1, {value})");
        Schema schema = Tables.SchemaOf(("id", LogicalType.BigInt), ("i", LogicalType.Int));
        Assert.Equal("INT", type);
        MillraceException e =
            await Assert.ThrowsAsync<MillraceException>(() => Ask(schema, [0], [1], Tables.Longs(1)));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_table_is_named()
    {
        _file.Run("CREATE TABLE other (id BIGINT)");
        MillraceException e =
            await Assert.ThrowsAsync<MillraceException>(() => Ask(Users, [0], [1], Tables.Longs(1)));
        Assert.Equal($"Table 't' is missing: there is no table 't' in {_file.Url}.", e.Message);
        Assert.Equal(ErrorKind.Invalid, e.Kind);
    }

    [Fact]
    public async Task A_missing_column_is_named()
    {
        _file.Run("CREATE TABLE t (id BIGINT)");
        MillraceException e =
            await Assert.ThrowsAsync<MillraceException>(() => Ask(Users, [0], [1], Tables.Longs(1)));
        Assert.Contains("no such column: t.name", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_named_and_not_made()
    {
        MillraceException e =
            await Assert.ThrowsAsync<MillraceException>(() => Ask(Users, [0], [1], Tables.Longs(1)));
        Assert.Contains("there is no such file", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_file.Path));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        await File.WriteAllTextAsync(_file.Path, new string('x', 5000));
        MillraceException e =
            await Assert.ThrowsAsync<MillraceException>(() => Ask(Users, [0], [1], Tables.Longs(1)));
        Assert.Contains("no SQLite database", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_locked_database_is_tried_again_and_then_named()
    {
        _file.Run("CREATE TABLE t (id BIGINT, name TEXT, is_deleted TINYINT)");
        using Microsoft.Data.Sqlite.SqliteConnection other = _file.Connect();
        using Microsoft.Data.Sqlite.SqliteTransaction hold = other.BeginTransaction(deferred: false);
        using Microsoft.Data.Sqlite.SqliteCommand write = other.CreateCommand();
        write.CommandText =
            "PRAGMA locking_mode = EXCLUSIVE; INSERT INTO t VALUES (1, 'x', 0); PRAGMA cache_spill = 1;";
        write.ExecuteNonQuery();
        using Microsoft.Data.Sqlite.SqliteCommand commit = other.CreateCommand();
        commit.CommandText = "COMMIT; BEGIN EXCLUSIVE";
        commit.ExecuteNonQuery();
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => Ask(
            Users, [0], [1], [Tables.Longs(1)], ("lookup.max-retries", "1"),
            ("connection.max-retry-timeout", "20ms")));
        Assert.Contains("is locked by another connection", e.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.Unavailable, e.Kind);
    }

    [Fact]
    public async Task Sessions_are_kept_and_closed_when_idle()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        int open = 0;
        using var pool = new SessionPool<CountedSession>(
            () => new CountedSession(() => open--) { Opened = open++ }, 2, TimeSpan.FromSeconds(10), time);
        await pool.RunAsync(_ => { }, default);
        await pool.RunAsync(_ => { }, default);
        Assert.Equal((1, 1), (open, pool.IdleCount));
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal((0, 0), (open, pool.IdleCount));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => pool.RunAsync(_ => throw new InvalidOperationException(), default));
        Assert.Equal((0, 0), (open, pool.IdleCount));
    }

    private Task<string[]> Ask(Schema schema, int[] keys, int[] outputs, params Column[] columns) =>
        Ask(schema, keys, outputs, columns, []);

    private async Task<string[]> Ask(
        Schema schema, int[] keys, int[] outputs, Column[] columns, params (string, string)[] options)
    {
        using ILookup lookup = new JdbcConnector().OpenLookup(
            Tables.Of(_file.Url, schema, [], options), new LookupSpec([.. keys], [.. outputs]),
            Tables.Context());
        LookupResult result = await lookup.LookupAsync(Tables.Batch(columns), default);
        string[] rows = [.. result.KeyRows.Select((key, row) =>
            $"{key}: {string.Join('|', result.Rows.Columns.Select(c => Text(c, row)))}")];
        Array.Sort(rows, StringComparer.Ordinal);
        return rows;
    }

    private static string? Text(Column column, int row) => column.IsNull(row) ? "NULL" : column switch
    {
        BytesColumn c when c[row].IndexOfAnyInRange((byte)0, (byte)31) >= 0 => Convert.ToHexString(c[row]),
        BytesColumn c => c.Text(row),
        FixedColumn<long> c => $"{c[row]}",
        FixedColumn<int> c => $"{c[row]}",
        FixedColumn<short> c => $"{c[row]}",
        FixedColumn<sbyte> c => $"{c[row]}",
        FixedColumn<bool> c => $"{c[row]}",
        FixedColumn<float> c => $"{c[row]}",
        FixedColumn<double> c => $"{c[row]}",
        FixedColumn<Int128> c => $"{c[row]}",
        _ => "?",
    };

    private sealed class CountedSession(Action onClose) : IJdbcSession
    {
        public int Opened { get; init; }

        public void Dispose() => onClose();
    }
}
