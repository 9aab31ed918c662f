using System.Collections.Immutable;
using System.Text;
using FsCheck.Xunit;
using Millrace.Connectors.Formats;
using Millrace.Connectors.Formats.Json;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Formats.Json;

public sealed class JsonLineDecoderTests
{
    private static readonly Schema Columns = Schema.Of(
        new("s", LogicalType.String), new("l", LogicalType.BigInt), new("i", LogicalType.Int),
        new("d", LogicalType.Double), new("b", LogicalType.Boolean), new("payload", LogicalType.String));

    [Theory]
    [InlineData(13 * 7919 + 8, 0.25)]
    [InlineData(-18 * 7919 + 7, 0.02)]
    public void Seeds_that_found_something_stay_found(int seed, double oddity) => Compare(seed, oddity);

    [Property(MaxTest = 150)]
    public void Regular_lines_give_what_a_naive_decoder_gives(int high, int low) =>
        Compare(high * 7919 + low, 0.02);

    [Property(MaxTest = 150)]
    public void Odd_lines_give_what_a_naive_decoder_gives(int high, int low) =>
        Compare(high * 7919 + low, 0.25);

    [Fact]
    public void Chunks_may_end_at_any_byte()
    {
        byte[] data = new EventText(7, 0.05).Lines(12);
        TableSpec table = Table(("json.ignore-parse-errors", "true"));
        ScanSpec scan = Scan(withPayload: false, deep: false);
        List<string> whole = Decode(table, scan, data, [data.Length]);
        for (int cut = 0; cut <= data.Length; cut++)
            Assert.Equal(whole, Decode(table, scan, data, [cut, data.Length]));
    }

    [Fact]
    public void Rows_that_fail_the_prefilter_may_be_left_out_but_bad_lines_may_not()
    {
        TableSpec table = Table();
        ScanSpec scan = Scan(false, false) with { Prefilter = [new ScanEquality(0, "x")] };
        List<string> rows = Decode(table, scan, Encoding.UTF8.GetBytes(
            "{\"s\":\"x\",\"i\":1}\n{\"s\":\"y\",\"i\":2}\n{\"s\":\"x\",\"i\":3}\n"
            + "{\"s\":\"y\",\"s\":\"x\",\"i\":4}\n"), [int.MaxValue]);
        Assert.Equal(["1", "3", "4"], rows.Select(r => r.Split('|')[2]));
        Assert.Equal(["!"], Decode(table, scan, "{\"s\":\"y\",\"i\":2,}\n"u8.ToArray(), [int.MaxValue]));
    }

    private static void Compare(int seed, double oddity)
    {
        byte[] data = new EventText(seed, oddity).Lines(20);
        foreach (bool ignoresErrors in new[] { true, false })
            foreach ((bool withPayload, bool deep) in new[] { (false, false), (true, false), (false, true) })
            {
                TableSpec table = Table(("json.ignore-parse-errors", ignoresErrors ? "true" : "false"));
                ScanSpec scan = Scan(withPayload, deep);
                List<string> expected = new NaiveJsonDecoder(table, scan, ignoresErrors).Decode(data);
                List<string> actual = Decode(table, scan, data, [data.Length]);
                if (!actual.SequenceEqual(expected)) BlameALine(table, scan, ignoresErrors, data);
                Assert.Equal(expected, actual);
                int third = data.Length / 3;
                Assert.Equal(expected, Decode(table, scan, data, [third, 2 * third, data.Length]));
            }
    }

    private static void BlameALine(TableSpec table, ScanSpec scan, bool ignoresErrors, byte[] data)
    {
        foreach (string line in Encoding.Latin1.GetString(data).Split('\n'))
        {
            byte[] bytes = Encoding.Latin1.GetBytes(line + "\n");
            string expected =
                string.Join(' ', new NaiveJsonDecoder(table, scan, ignoresErrors).Decode(bytes));
            string actual = string.Join(' ', Decode(table, scan, bytes, [bytes.Length]));
            if (actual != expected) Assert.Fail($"{line}\n gives     {actual}\n should be {expected}");
        }
    }

    /// <summary>Gives the decoder the data up to each cut in turn, as a reader of chunks does.</summary>
    private static List<string> Decode(TableSpec table, ScanSpec scan, byte[] data, int[] cuts)
    {
        LineDecoder decoder = new JsonFormat().CreateDecoder(table, scan);
        if (data is not [.., (byte)'\n']) data = [.. data, (byte)'\n'];
        List<string> rows = [];
        byte[] buffer = [.. data, .. new byte[LineDecoder.SlackBytes]];
        int start = 0;
        try
        {
            foreach (int cut in cuts)
            {
                int end = cut >= data.Length - 1 ? data.Length : cut;
                // What follows the chunk is left over from before.
                byte[] chunk = [.. data.AsSpan(0, end), .. Encoding.UTF8.GetBytes(
                    "\"}\n{\"s\":\"stale\"}\n".PadRight(LineDecoder.SlackBytes, '"'))];
                while (Math.Max(start, 0) < end)
                {
                    DecodeStep step = decoder.Decode(chunk, start, end, 5);
                    start += step.Bytes;
                    Take(decoder, rows);
                    if (step.Bytes == 0) break;
                }
            }
        }
        catch (BadLineException)
        {
            Take(decoder, rows);
            rows.Add("!");
        }
        return rows;
    }

    private static void Take(LineDecoder decoder, List<string> rows)
    {
        int count = decoder.RowCount;
        Column?[] columns = decoder.Build();
        for (int row = 0; row < count; row++) rows.Add(
            string.Join('|', columns.Select(c => RowText.Of(c!, row))));
    }

    private static TableSpec Table(params (string Key, string Value)[] options) => new(
        "t", Columns, [], [], options.ToImmutableSortedDictionary(o => o.Key, o => o.Value));

    private static ScanSpec Scan(bool withPayload, bool deep)
    {
        List<ScanColumn> columns = [.. Columns.Fields.Take(withPayload ? 6 : 5).Select(
            (f, i) => new PhysicalScanColumn(i, f.Name, f.Type))];
        columns.Add(new JsonScanColumn(5, ["q"], "q", LogicalType.String));
        columns.Add(new JsonScanColumn(5, ["p"], "p", LogicalType.Int));
        columns.Add(new JsonScanColumn(5, ["p"], "ps", LogicalType.String));
        columns.Add(new JsonScanColumn(5, ["r"], "r", LogicalType.Double));
        columns.Add(new JsonScanColumn(5, ["t"], "t", LogicalType.Boolean));
        columns.Add(new JsonScanColumn(5, ["u"], "u", LogicalType.BigInt));
        if (deep) columns.Add(new JsonScanColumn(5, ["p", "q"], "pq", LogicalType.String));
        return new ScanSpec([.. columns], []);
    }
}
