using System.Collections.Immutable;
using System.Text;
using Millrace.Connectors.Formats;
using Millrace.Connectors.Formats.Json;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Formats.Json;

/// <summary>
/// Lines that look like those before but for one byte, which is where a decoder that guesses may slip.
/// </summary>
public sealed class JsonMutationTests
{
    private const string Event =
        """{"eventId":"0000000a-0000-4000"""
        + """-8000-0000000006d1","type":"answer_submit","eventTime":1527821423388"""
        + ""","userId":"s046","deviceId":null"""
        + ""","payload":"{\"answerId\":\"1745\",\"subject\":\"1\",\"isCorrect\":1"""
        + """,\"answerTime\":23,\"submitTime\":1527821423388,\"rate\":0.5,\"list\":[]"""
        + """}","source":"ednet","tags":{}}""";

    private static readonly byte[] Bytes = [.. "\"\\{}[],: \t\r0-.ex/u\u0001"u8, 0x80, 0xc3, 0xff];

    private static readonly Schema Columns = Schema.Of(
        new("eventTime", LogicalType.BigInt), new("userId", LogicalType.String),
        new("payload", LogicalType.String));

    [Fact]
    public void A_changed_byte_is_noticed() => Compare(Mutants((line, at, b) => line[at] = b));

    [Fact]
    public void A_byte_too_many_is_noticed() => Compare(Mutants((line, at, b) => line.Insert(at, b)));

    [Fact]
    public void A_missing_byte_is_noticed() => Compare(Mutants((line, at, _) => line.RemoveAt(at), [0]));

    [Fact]
    public void A_line_that_is_cut_off_is_noticed() =>
        Compare(Mutants((line, at, _) => line.RemoveRange(at, line.Count - at), [0]));

    private static List<byte> Mutants(Action<List<byte>, int, byte> change, byte[]? bytes = null)
    {
        List<byte> lines = [];
        for (int at = 0; at < Event.Length; at++)
            foreach (byte b in bytes ?? Bytes)
            {
                List<byte> line = [.. Encoding.UTF8.GetBytes(Event)];
                change(line, at, b);
                lines.AddRange([.. Encoding.UTF8.GetBytes(Event), (byte)'\n', .. line, (byte)'\n']);
            }
        return lines;
    }

    private static void Compare(List<byte> lines)
    {
        var table = new TableSpec("t", Columns, [], [],
            ImmutableSortedDictionary<string, string>.Empty.Add("json.ignore-parse-errors", "true"));
        var scan = new ScanSpec(
        [
            new PhysicalScanColumn(0, "eventTime", LogicalType.BigInt),
            new PhysicalScanColumn(1, "userId", LogicalType.String),
            new JsonScanColumn(2, ["subject"], "subject", LogicalType.String),
            new JsonScanColumn(2, ["answerTime"], "answerTime", LogicalType.Int),
            new JsonScanColumn(2, ["rate"], "rate", LogicalType.Double),
        ], []);
        List<string> expected = new NaiveJsonDecoder(table, scan, ignoresErrors: true).Decode([.. lines]);
        Assert.Equal(expected, Decode(table, scan, [.. lines]));
    }

    private static List<string> Decode(TableSpec table, ScanSpec scan, byte[] lines)
    {
        LineDecoder decoder = new JsonFormat().CreateDecoder(table, scan);
        byte[] buffer = [.. lines, .. new byte[LineDecoder.SlackBytes]];
        List<string> rows = [];
        for (int start = 0; start < lines.Length;)
        {
            start += decoder.Decode(buffer, start, lines.Length, ColumnBatch.MaxRows).Bytes;
            int count = decoder.RowCount;
            Column?[] columns = decoder.Build();
            for (int row = 0; row < count; row++)
                rows.Add(string.Join('|', columns.Select(c => RowText.Of(c!, row))));
        }
        return rows;
    }
}
