using System.Buffers;
using System.Collections.Immutable;
using Millrace.Connectors.Jdbc;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using MySqlConnector;
using Xunit;

namespace Millrace.Connectors.Tests.Jdbc;

public sealed class MySqlTests : IDisposable
{
    private static readonly Schema Names =
        Tables.SchemaOf(("id", LogicalType.BigInt), ("name", LogicalType.VarChar(50)));

    private readonly string _name = $"millrace_{Environment.ProcessId}_{Environment.CurrentManagedThreadId}";

    public void Dispose()
    {
        if (MySqlFactAttribute.Url is not null) Run($"DROP TABLE IF EXISTS {_name}");
    }

    [MySqlFact]
    public void Changes_are_applied_by_key()
    {
        using ISinkWriter sink = Sink(Names, [0]);
        sink.Write(
            Rows((ChangeKind.Insert, 1, "a"), (ChangeKind.Insert, 2, "b"), (ChangeKind.Insert, 3, "c")));
        sink.Flush();
        sink.Write(Rows(
            (ChangeKind.UpdateAfter, 1, "A"), (ChangeKind.Delete, 2, "b"), (ChangeKind.Delete, 3, "c"),
            (ChangeKind.Insert, 3, "C"), (ChangeKind.Insert, 4, "d"), (ChangeKind.Delete, 4, "d")));
        sink.Flush();
        Assert.Equal(["1: 1|A", "3: 3|C"], Ask(Names, [0], [0, 1], Tables.Longs(0, 1, 2, 3, 4)));
    }

    [MySqlFact]
    public void Many_rows_are_written_in_several_statements()
    {
        using ISinkWriter sink = Sink(Names, [0]);
        foreach (string round in (string[])["first", "second"])
        {
            sink.Write(Rows(
                [.. Enumerable.Range(0, 1234).Select(i => (ChangeKind.Insert, (long)i, $"{round} {i}"))]));
            sink.Flush();
        }
        Assert.Equal(["0: 1233|second 1233"], Ask(Names, [0], [0, 1], Tables.Longs(1233, 1234)));
        Assert.Equal(1234L, Convert.ToInt64(Scalar($"SELECT COUNT(*) FROM {_name}"), null));
    }

    [MySqlFact]
    public void Every_type_is_written_and_read_back_the_same()
    {
        Schema schema = Tables.SchemaOf(
            ("id", LogicalType.BigInt), ("bo", LogicalType.Boolean), ("ti", LogicalType.TinyInt),
            ("sm", LogicalType.SmallInt),
            ("i", LogicalType.Int), ("d", LogicalType.Double), ("de", LogicalType.Decimal(38, 3)),
            ("s", LogicalType.String),
            ("bi", LogicalType.Bytes), ("dt", LogicalType.Date), ("tm", LogicalType.Time(3)),
            ("ts", LogicalType.Timestamp(3)),
            ("tz", LogicalType.TimestampLtz(6)));
        ColumnBatch batch = Tables.Batch(
            Tables.Longs(1, 2), Tables.Fixed<bool>(true, null), Tables.Fixed<sbyte>(-128, null),
            Tables.Fixed<short>(300, null), Tables.Fixed<int>(-5, null), Tables.Fixed<double>(1.0 / 3, null),
            Tables.Fixed<Int128>(Int128.Parse("-12345678901234567890123456789012345678", null), null),
            BytesColumn.Of("ä 😀", null),
            BytesColumn.Of("\u0001\u0000", null), Tables.Fixed<int>(-1, null),
            Tables.Fixed<int>(3_661_001, null),
            Tables.Longs(-1, null), Tables.Longs(1_700_000_000_123_456, null));
        using (ISinkWriter sink = Sink(schema, [0]))
        {
            sink.Write(batch);
            sink.Flush();
        }
        using ISourceConnector source = new JdbcConnector().OpenSource(
            Table(schema, [0]),
            new ScanSpec(
                [.. schema.Fields.Select((f, i) => (ScanColumn)new PhysicalScanColumn(i, f.Name, f.Type))],
                []), Tables.Context());
        using ISplitReader reader = source.Open("t", null);
        Assert.Equal(SplitState.HasRows, reader.Read(10, out ColumnBatch? read));
        var codec = new RowCodec(schema.Fields.Select(f => f.Type));
        for (int row = 0; row < 2; row++)
            Assert.Equal(Encoded(codec, batch, row), Encoded(codec, read!, row));
        Assert.Equal(SplitState.Ended, reader.Read(10, out _));
    }

    [MySqlFact]
    public void The_database_compares_keys_with_its_own_collation()
    {
        Run($"CREATE TABLE {_name} (name VARCHAR(20) COLLATE utf8mb4_general_ci, id BIGINT); INSERT INTO "
            + $"{_name} VALUES ('Abc', 1), ('x', 2)");
        Assert.Equal(["0: 1", "1: 1", "2: 2"], Ask(Names, [1], [0], BytesColumn.Of("abc", "ABC", "X", "y")));
    }

    [MySqlFact]
    public void A_key_of_two_columns_and_a_tinyint_as_boolean()
    {
        Schema schema = Tables.SchemaOf(
            ("id", LogicalType.BigInt), ("name", LogicalType.String), ("is_deleted", LogicalType.Boolean));
        Run($"CREATE TABLE {_name} (id BIGINT, name VARCHAR(20), is_deleted TINYINT); INSERT INTO {_name} "
            + "VALUES (1, 'a', 0), (1, 'b', 1), (2, 'a', NULL)");
        Assert.Equal(
            ["0: False", "1: True", "2: NULL"],
            Ask(schema, [0, 1], [2], Tables.Longs(1, 1, 2, 2), BytesColumn.Of("a", "b", "a", "b")));
    }

    [MySqlFact]
    public void Failures_are_told_without_secrets()
    {
        Assert.Contains("is missing: there is no table", Failure(Table(Names, [])), StringComparison.Ordinal);
        string url = MySqlFactAttribute.Url!;
        TableSpec wrong = Table(Names, [], ("username", "nobody"), ("password", "hunter3"));
        string refused = Failure(wrong);
        Assert.Contains("the server refuses user 'nobody'", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", refused, StringComparison.Ordinal);
        Assert.DoesNotContain(
            url[url.IndexOf('?', StringComparison.Ordinal)..], refused, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_does_not_answer_is_named()
    {
        TableSpec table = Tables.Of(
            "jdbc:mysql://127.0.0.1:9/db?password=hunter2", Names, [], ("lookup.max-retries", "0"),
            ("connection.max-retry-timeout", "1s"));
        string message = Failure(table);
        Assert.Contains(
            "jdbc:mysql://127.0.0.1:9/db): the server does not answer", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    private static string Failure(TableSpec table)
    {
        using ILookup lookup =
            new JdbcConnector().OpenLookup(table, new LookupSpec([0], [1]), Tables.Context());
        Task<LookupResult> asked = lookup.LookupAsync(Tables.Batch(Tables.Longs(1)), default);
        return Assert.ThrowsAsync<MillraceException>(() => asked).GetAwaiter().GetResult().Message;
    }

    private string[] Ask(Schema schema, int[] keys, int[] outputs, params Column[] columns)
    {
        using ILookup lookup = new JdbcConnector().OpenLookup(
            Table(schema, []), new LookupSpec([.. keys], [.. outputs]), Tables.Context());
        LookupResult result = lookup.LookupAsync(Tables.Batch(columns), default).GetAwaiter().GetResult();
        string[] rows = [.. result.KeyRows.Select((key, row) =>
            $"{key}: {string.Join('|', result.Rows.Columns.Select(c => Text(c, row)))}")];
        Array.Sort(rows, StringComparer.Ordinal);
        return rows;
    }

    private static string Text(Column column, int row) => column.IsNull(row) ? "NULL" : column switch
    {
        BytesColumn c => c.Text(row),
        FixedColumn<long> c => $"{c[row]}",
        FixedColumn<bool> c => $"{c[row]}",
        _ => "?",
    };

    private ISinkWriter Sink(Schema schema, ImmutableArray<int> key) =>
        new JdbcConnector().OpenSink(Table(schema, key), Tables.Context());

    private TableSpec Table(
        Schema schema, ImmutableArray<int> key, params (string Key, string Value)[] options)
    {
        TableSpec table = Tables.Of(MySqlFactAttribute.Url!, schema, key, options);
        return table with { Options = table.Options.SetItem("table-name", _name) };
    }

    private static ColumnBatch Rows(params (ChangeKind Kind, long Id, string Name)[] rows) => Tables.Batch(
        [.. rows.Select(r => r.Kind)],
        Tables.Longs([.. rows.Select(r => (long?)r.Id)]),
        BytesColumn.Of([.. rows.Select(r => r.Name)]));

    private static void Run(string sql)
    {
        using MySqlConnection connection = Connect();
        using var command = new MySqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static object? Scalar(string sql)
    {
        using MySqlConnection connection = Connect();
        using var command = new MySqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    private static MySqlConnection Connect()
    {
        JdbcOptions options = JdbcOptions.Read(Tables.Of(MySqlFactAttribute.Url!, Names, []));
        var connection = new MySqlConnection(
            $"Server={options.Url.Place};Port={options.Url.Port};Database={options.Url.Name};"
            + $"User ID={options.Url.Parameters["user"]};"
            + $"Password={options.Url.Parameters["password"]};Pooling=False");
        connection.Open();
        return connection;
    }

    private static byte[] Encoded(RowCodec codec, ColumnBatch batch, int row)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.Encode(batch.Columns, row, output);
        return output.WrittenSpan.ToArray();
    }
}
