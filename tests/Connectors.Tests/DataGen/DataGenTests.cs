using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using Millrace.Connectors.DataGen;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Metrics;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.DataGen;

public sealed class DataGenTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_sequence_counts_from_start_to_end_and_ends_the_table()
    {
        using ISplitReader reader = Open([new("id", LogicalType.BigInt), new("s", LogicalType.String)], null,
            ("fields.id.kind", "sequence"), ("fields.id.start", "3"), ("fields.id.end", "6"),
                ("fields.s.length", "2"));
        _time.Advance(TimeSpan.FromSeconds(1));
        List<string> rows = ReadRows(reader, 10);
        Assert.Equal(["3", "4", "5", "6"], rows.Select(r => r.Split('|')[0]));
        Assert.All(rows, r => Assert.Equal(2, r.Split('|')[1].Length));
        Assert.Equal(SplitState.Ended, reader.Read(10, out _));
    }

    [Fact]
    public void The_same_rows_come_in_every_run_and_after_every_position()
    {
        Field[] columns =
            [new("i", LogicalType.Int), new("d", LogicalType.Double), new("b", LogicalType.Boolean)];
        (string, string)[] options = [("number-of-rows", "50"), ("rows-per-second", "1000000"),
            ("fields.i.min", "5"), ("fields.i.max", "9")];
        using ISplitReader whole = Open(columns, null, options);
        _time.Advance(TimeSpan.FromSeconds(1));
        List<string> all = ReadRows(whole, 100);
        Assert.Equal(50, all.Count);
        Assert.All(all, r => Assert.InRange(int.Parse(r.Split('|')[0]), 5, 9));
        using ISplitReader first = Open(columns, null, options);
        _time.Advance(TimeSpan.FromSeconds(1));
        List<string> parts = ReadRows(first, 20);
        using ISplitReader second = Open(columns, first.Position, options);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(all, [.. parts, .. ReadRows(second, 100)]);
    }

    [Fact]
    public void The_rate_holds_rows_back()
    {
        using ISplitReader reader =
            Open([new("i", LogicalType.Int)], null, ("rows-per-second", "10"), ("number-of-rows", "100"));
        Assert.Single(ReadRows(reader, 100));
        Assert.Equal(SplitState.Waiting, reader.Read(100, out _));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(20, ReadRows(reader, 100).Count);
    }

    [Fact]
    public void A_null_rate_of_one_gives_nothing_but_nulls()
    {
        using ISplitReader reader =
            Open([new("i", LogicalType.Int)], null, ("fields.i.null-rate", "1"), ("number-of-rows", "5"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.All(ReadRows(reader, 100), row => Assert.Equal("NULL", row));
    }

    [Fact]
    public void Options_of_no_column_and_types_without_values_are_refused()
    {
        Assert.Contains(
            "fields.x.kind", Refusal(LogicalType.Int, ("fields.x.kind", "random")), StringComparison.Ordinal);
        Assert.Contains("ARRAY<INT>", Refusal(LogicalType.Array(LogicalType.Int)), StringComparison.Ordinal);
        Assert.Contains("fields.i.end", Refusal(LogicalType.Int, ("fields.i.kind", "sequence"),
            ("fields.i.start", "1")), StringComparison.Ordinal);
    }

    private static string Refusal(LogicalType type, params (string, string)[] options) =>
        Assert.Throws<MillraceException>(
        () => new DataGenConnector().Check(Table([new("i", type)], options))).Message;

    private ISplitReader Open(Field[] columns, byte[]? position, params (string, string)[] options)
    {
        TableSpec table = Table(columns, options);
        ScanSpec scan = new([.. columns.Select((c, i) => new PhysicalScanColumn(i, c.Name, c.Type))], []);
        var context = new ConnectorContext("job", "uid", 1, 0, 1, _time, new MetricGroup());
        return new DataGenConnector().OpenSource(table, scan, context).Open("0", position);
    }

    private static TableSpec Table(Field[] columns, params (string Key, string Value)[] options) => new(
        "made", new Schema([.. columns]), [], [],
        options.Append(("connector", "datagen")).ToImmutableSortedDictionary(o => o.Item1, o => o.Item2));

    private static List<string> ReadRows(ISplitReader reader, int maxRows)
    {
        List<string> rows = [];
        if (reader.Read(maxRows, out ColumnBatch? batch) != SplitState.HasRows) return rows;
        for (int row = 0; row < batch!.RowCount; row++) rows.Add(RowText.Of(batch, row));
        batch.Release();
        return rows;
    }
}
