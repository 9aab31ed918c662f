using System.Collections.Immutable;
using Millrace.Connectors.Formats;
using Millrace.Connectors.Formats.Json;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Benchmarks.Decode;

/// <summary>
/// Business events (EdNet's answers, 527 bytes each, the payload a JSON string) into columns: one field of
/// the event and four of the payload.
/// </summary>
internal sealed class DecodeBenchmark : IBenchmark
{
    private static readonly string[] Members =
    [
        "eventId", "domain", "type", "version", "eventTime", "processTime", "eventDate", "userId",
            "sessionId",
        "deviceId", "payload", "source", "traceId",
    ];

    public string Name => "decode";

    public string Summary =>
        "BusinessEvents in JSON lines, 1 field and 4 payload fields into columns, one thread";

    public IReadOnlyList<Measurement> Run(BenchmarkSettings settings)
    {
        AnswerEvents events = AnswerEvents.Make();
        long byHand = 0, decoded = 0;
        var loop = new ReaderLoop();
        TimeSpan[] times = Rounds.Measure(
            settings.Rounds, () => byHand = loop.Run(events, Sum), () => decoded = Decode(events));
        Invariant.Check(byHand == decoded);
        return Rounds.Compare(
            ["Utf8JsonReader twice, by hand", "the format json"], times, events.Events, events.Bytes);
    }

    private static long Decode(AnswerEvents events)
    {
        long total = 0;
        foreach (AnswerEvents.Piece piece in events.Pieces)
        {
            LineDecoder decoder = new JsonFormat().CreateDecoder(Table(), Scan());
            int position = 0;
            while (position < piece.Length)
            {
                DecodeStep step = decoder.Decode(piece.Buffer, position, piece.Length, ColumnBatch.MaxRows);
                position += step.Bytes;
                int rows = decoder.RowCount;
                total += Sum(decoder.Build()!, rows);
            }
        }
        return total;
    }

    private static TableSpec Table() => new(
        "events",
        new Schema([.. Members.Select(
            m => new Field(m, m is "eventTime" or "processTime" ? LogicalType.BigInt : LogicalType.String))]),
        [], [], ImmutableSortedDictionary<string, string>.Empty);

    private static ScanSpec Scan()
    {
        int payload = Array.IndexOf(Members, "payload");
        return new ScanSpec(
        [
            new PhysicalScanColumn(Array.IndexOf(Members, "eventTime"), "eventTime", LogicalType.BigInt),
            new JsonScanColumn(payload, ["userId"], "userId", LogicalType.String),
            new JsonScanColumn(payload, ["subject"], "subject", LogicalType.String),
            new JsonScanColumn(payload, ["isCorrect"], "isCorrect", LogicalType.Int),
            new JsonScanColumn(payload, ["answerTime"], "answerTime", LogicalType.Int),
        ], []);
    }

    /// <summary>A checksum of a batch, which it releases; cheap beside the decoding.</summary>
    private static long Sum(Column?[] columns, int rows)
    {
        long sum = rows;
        foreach (long time in ((FixedColumn<long>)columns[0]!).Values) sum += time;
        foreach (int value in ((FixedColumn<int>)columns[3]!).Values) sum += value * 3;
        foreach (int value in ((FixedColumn<int>)columns[4]!).Values) sum += value * 7;
        foreach (Column? text in columns[1..3])
        {
            sum += ((BytesColumn)text!).Data.Length * 11;
            foreach (byte b in ((BytesColumn)text!).Data) sum += b;
        }
        foreach (Column? column in columns) column!.Release();
        return sum;
    }
}
