using System.Text;
using FsCheck.Xunit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Millrace.Connectors.Jdbc;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Jdbc;

public sealed class JdbcSinkTests : IDisposable
{
    private static readonly Schema Names =
        Tables.SchemaOf(("id", LogicalType.BigInt), ("name", LogicalType.String));

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void A_missing_table_is_made_from_the_declaration()
    {
        Schema schema = Tables.SchemaOf(
            ("user", LogicalType.VarChar(64).NotNull()), ("day", LogicalType.Date.NotNull()),
            ("n", LogicalType.BigInt.NotNull()), ("rate", LogicalType.Double),
            ("money", LogicalType.Decimal(10, 2)));
        Open(Tables.Of(_file.Url, schema, [0, 1])).Dispose();
        Assert.Equal(
            ["0|user|VARCHAR(64)|1|NULL|1", "1|day|DATE|1|NULL|2", "2|n|BIGINT|1|NULL|0",
                "3|rate|DOUBLE|0|NULL|0", "4|money|DECIMAL(10, 2)|0|NULL|0"],
            _file.Rows("SELECT * FROM pragma_table_info('t')"));
    }

    [Fact]
    public void Every_type_is_written_and_read_back_the_same()
    {
        Schema schema = Tables.SchemaOf(
            ("id", LogicalType.BigInt), ("bo", LogicalType.Boolean), ("ti", LogicalType.TinyInt),
            ("sm", LogicalType.SmallInt),
            ("i", LogicalType.Int), ("f", LogicalType.Float), ("d", LogicalType.Double),
            ("de", LogicalType.Decimal(20, 3)),
            ("s", LogicalType.String), ("bi", LogicalType.Bytes), ("dt", LogicalType.Date),
            ("tm", LogicalType.Time(3)),
            ("ts", LogicalType.Timestamp(3)), ("tz", LogicalType.TimestampLtz(6)),
            ("small", LogicalType.Decimal(8, 2)));
        ColumnBatch batch = Tables.Batch(
            Tables.Longs(1, 2), Tables.Fixed<bool>(true, null), Tables.Fixed<sbyte>(-128, null),
            Tables.Fixed<short>(300, null), Tables.Fixed<int>(-5, null), Tables.Fixed<float>(0.1f, null),
            Tables.Fixed<double>(1.0 / 3, null), Tables.Fixed<Int128>(-12345678901234567, null),
            BytesColumn.Of("ä\0b", null),
            BytesColumn.Of("\u0001", null), Tables.Fixed<int>(-1, null), Tables.Fixed<int>(3_661_001, null),
            Tables.Longs(-1, null), Tables.Longs(1_700_000_000_123_456, null),
            Tables.Fixed<Int128>(-5, null));
        TableSpec table = Tables.Of(_file.Url, schema, [0]);
        using (ISinkWriter sink = Open(table))
        {
            sink.Write(batch);
            sink.Flush();
        }
        Assert.Equal(
            ["1|1|-128|300|-5|-12345678901234.567|1969-12-31|01:01:01.001|1969-12-31 "
                + "23:59:59.999|2023-11-14 22:13:20.123456|-0.05"],
            _file.Rows(
                "SELECT id, bo, ti, sm, i, de, dt, tm, ts, tz, CAST(small AS TEXT) FROM t WHERE id = 1"));
        using ISourceConnector source =
            new JdbcConnector().OpenSource(table, ScanOf(schema), Tables.Context());
        using ISplitReader reader = source.Open("t", null);
        Assert.Equal(SplitState.HasRows, reader.Read(10, out ColumnBatch? read));
        var codec = new RowCodec(schema.Fields.Select(f => f.Type));
        for (int row = 0; row < 2; row++)
            Assert.Equal(Encoded(codec, batch, row), Encoded(codec, read!, row));
        Assert.Equal(SplitState.Ended, reader.Read(10, out _));
    }

    [Fact]
    public void A_scan_goes_on_at_its_position()
    {
        _file.Run("CREATE TABLE t (id BIGINT, name TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')");
        using ISourceConnector source = new JdbcConnector().OpenSource(
            Tables.Of(_file.Url, Names, []), ScanOf(Names), Tables.Context());
        byte[] position;
        using (ISplitReader reader = source.Open(source.Splits()[0], null))
        {
            reader.Read(2, out _);
            position = reader.Position;
        }
        using ISplitReader again = source.Open("t", position);
        again.Read(10, out ColumnBatch? rest);
        Assert.Equal(3, ((FixedColumn<long>)rest!.Columns[0])[0]);
        Assert.Equal(1, rest.RowCount);
    }

    [Fact]
    public void Changes_are_applied_by_key()
    {
        using ISinkWriter sink = Open(Table());
        sink.Write(
            Rows((ChangeKind.Insert, 1, "a"), (ChangeKind.Insert, 2, "b"), (ChangeKind.Insert, 3, "c")));
        sink.Flush();
        sink.Write(Rows(
            (ChangeKind.UpdateBefore, 1, "a"), (ChangeKind.UpdateAfter, 1, "A"), (ChangeKind.Delete, 2, "b"),
            (ChangeKind.Delete, 3, "c"), (ChangeKind.Insert, 3, "C"), (ChangeKind.Insert, 4, "d"),
            (ChangeKind.Delete, 4, "d")));
        sink.Flush();
        Assert.Equal(["1|A", "3|C"], _file.Rows("SELECT * FROM t"));
    }

    [Fact]
    public void Rows_wait_for_the_size_or_a_flush()
    {
        using ISinkWriter sink =
            Open(Table(("sink.buffer-flush.max-rows", "3"), ("sink.buffer-flush.interval", "0")));
        sink.Write(Rows((ChangeKind.Insert, 1, "a"), (ChangeKind.Insert, 2, "b")));
        Assert.Empty(_file.Rows("SELECT * FROM t"));
        sink.Write(Rows((ChangeKind.Insert, 3, "c")));
        Assert.Equal(3, _file.Rows("SELECT * FROM t").Length);
        sink.Write(Rows((ChangeKind.Insert, 4, "d")));
        sink.Flush();
        Assert.Equal(4, _file.Rows("SELECT * FROM t").Length);
    }

    [Fact]
    public void Rows_do_not_wait_longer_than_the_interval()
    {
        var time = new FakeTimeProvider();
        using ISinkWriter sink = new JdbcConnector().OpenSink(Table(), Tables.Context(time));
        sink.Write(Rows((ChangeKind.Insert, 1, "a")));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(SpinWait.SpinUntil(() => _file.Rows("SELECT * FROM t") is ["1|a"], Limit));
    }

    [Fact]
    public void A_timer_does_not_wait_for_the_lock_of_the_database()
    {
        var time = new FakeTimeProvider();
        using ISinkWriter sink = new JdbcConnector().OpenSink(Table(), Tables.Context(time));
        sink.Write(Rows((ChangeKind.Insert, 1, "a")));
        using (var other = new SqliteConnection($"Data Source={_file.Path};Pooling=False"))
        {
            other.Open();
            using SqliteTransaction held = other.BeginTransaction(deferred: false);
            // The timer's callback runs here, more than once while a flush waits.
            foreach (int _ in (int[])[1, 2, 3]) time.Advance(TimeSpan.FromSeconds(2));
        }
        // A callback that waits would have waited until the flush had failed.
        Assert.True(SpinWait.SpinUntil(() => _file.Rows("SELECT * FROM t") is ["1|a"], Limit));
    }

    [Fact]
    public void Without_a_key_rows_are_appended()
    {
        using ISinkWriter sink = Open(Tables.Of(_file.Url, Names, []));
        sink.Write(Rows((ChangeKind.Insert, 1, "a"), (ChangeKind.Insert, 1, "a")));
        sink.Flush();
        Assert.Equal(["1|a", "1|a"], _file.Rows("SELECT * FROM t"));
    }

    [Fact]
    public void Rows_that_a_restart_brings_again_change_nothing()
    {
        foreach (int _ in (int[])[1, 2])
        {
            using ISinkWriter sink = Open(Table());
            sink.Write(Rows((ChangeKind.Insert, 1, "a"), (ChangeKind.Insert, 2, "b")));
            sink.Flush();
        }
        Assert.Equal(["1|a", "2|b"], _file.Rows("SELECT * FROM t"));
    }

    [Fact]
    public void What_was_not_flushed_is_not_written()
    {
        using (ISinkWriter sink = Open(Table())) sink.Write(Rows((ChangeKind.Insert, 1, "a")));
        Assert.Empty(_file.Rows("SELECT * FROM t"));
    }

    [Fact]
    public void A_table_without_a_matching_key_is_refused()
    {
        _file.Run("CREATE TABLE t (id BIGINT, name TEXT)");
        MillraceException e = Assert.Throws<MillraceException>(() => Open(Table()));
        Assert.Contains("has no primary key or unique index", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_without_a_column_is_refused()
    {
        _file.Run("CREATE TABLE t (id BIGINT PRIMARY KEY)");
        MillraceException e = Assert.Throws<MillraceException>(() => Open(Table()));
        Assert.Contains("no column named name", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        MillraceException e = Assert.Throws<MillraceException>(
            () =>
                Open(Tables.Of(
                    _file.Url.Replace("test.db", "no/test.db", StringComparison.Ordinal), Names, [0])));
        Assert.Contains("there is no folder", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_row_is_told_and_nothing_of_its_flush_stays()
    {
        _file.Run("CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT CHECK (name <> 'bad'))");
        using ISinkWriter sink = Open(Table());
        sink.Write(Rows((ChangeKind.Insert, 1, "good"), (ChangeKind.Insert, 2, "bad")));
        MillraceException e = Assert.Throws<MillraceException>(sink.Flush);
        Assert.Contains("CHECK constraint failed", e.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.Invalid, e.Kind);
        Assert.Empty(_file.Rows("SELECT * FROM t"));
    }

    [Fact]
    public void A_locked_database_fails_after_the_retries()
    {
        using ISinkWriter sink =
            Open(Table(("sink.max-retries", "1"), ("connection.max-retry-timeout", "20ms")));
        using SqliteConnection other = _file.Connect();
        using SqliteTransaction hold = other.BeginTransaction(deferred: false);
        sink.Write(Rows((ChangeKind.Insert, 1, "a")));
        MillraceException e = Assert.Throws<MillraceException>(sink.Flush);
        Assert.Contains("is locked by another connection", e.Message, StringComparison.Ordinal);
        hold.Rollback();
        sink.Flush();
        Assert.Equal(["1|a"], _file.Rows("SELECT * FROM t"));
    }

    [Fact]
    public async Task Writers_of_one_file_wait_for_each_other()
    {
        const int writers = 4;
        const int batches = 20;
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() =>
        {
            using ISinkWriter sink = Open(Table());
            for (int b = 0; b < batches; b++)
            {
                sink.Write(
                    Rows(
                        [.. Enumerable.Range(0, 50).Select(
                            i => (ChangeKind.Insert, (long)((((b * 50) + i) * writers) + writer), "x"))]));
                sink.Flush();
            }
        })));
        Assert.Equal([$"{writers * batches * 50}"], _file.Rows("SELECT COUNT(*) FROM t"));
    }

    [Property(MaxTest = 30)]
    public void The_table_is_what_the_changelog_leaves(
        (byte Key, bool IsDelete, byte Value)[] changes, byte cut)
    {
        _file.Run("DROP TABLE IF EXISTS t");
        var expected = new SortedDictionary<long, string>();
        using (ISinkWriter sink = Open(Table(("sink.buffer-flush.max-rows", "5"))))
        {
            foreach ((byte Key, bool IsDelete, byte Value)[] chunk in changes.Chunk((cut % 7) + 1))
            {
                foreach ((byte key, bool isDelete, byte value) in chunk)
                    if (isDelete) expected.Remove(key % 6);
                    else expected[key % 6] = $"{value}";
                sink.Write(Rows([.. chunk.Select(c =>
                    (c.IsDelete ? ChangeKind.Delete : ChangeKind.UpdateAfter, (long)(c.Key % 6),
                        $"{c.Value}"))]));
            }
            sink.Flush();
        }
        Assert.Equal(expected.Select(e => $"{e.Key}|{e.Value}"), _file.Rows("SELECT * FROM t"));
    }

    private static ISinkWriter Open(TableSpec table) => new JdbcConnector().OpenSink(table, Tables.Context());

    private TableSpec Table(params (string Key, string Value)[] options) =>
        Tables.Of(_file.Url, Names, [0], options);

    private static ColumnBatch Rows(params (ChangeKind Kind, long Id, string Name)[] rows) => Tables.Batch(
        [.. rows.Select(r => r.Kind)],
        Tables.Longs([.. rows.Select(r => (long?)r.Id)]),
        BytesColumn.Of([.. rows.Select(r => r.Name)]));

    private static ScanSpec ScanOf(Schema schema) =>
        new([.. schema.Fields.Select((f, i) => (ScanColumn)new PhysicalScanColumn(i, f.Name, f.Type))], []);

    private static string Encoded(RowCodec codec, ColumnBatch batch, int row)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        codec.Encode(batch.Columns, row, output);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
