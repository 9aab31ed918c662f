using System.Text.Json;
using Millrace.Shared.Columns;

namespace Millrace.Benchmarks.Decode;

/// <summary>
/// What one would write by hand: a Utf8JsonReader over the line, and for the payload a second one over its
/// unescaped copy; each wanted value goes straight into a column.
/// </summary>
internal sealed class ReaderLoop
{
    private readonly FixedColumnBuilder<long> _eventTime = new(ColumnBatch.MaxRows);
    private readonly BytesColumnBuilder _userId = new(ColumnBatch.MaxRows);
    private readonly BytesColumnBuilder _subject = new(ColumnBatch.MaxRows);
    private readonly FixedColumnBuilder<int> _isCorrect = new(ColumnBatch.MaxRows);
    private readonly FixedColumnBuilder<int> _answerTime = new(ColumnBatch.MaxRows);
    private byte[] _payload = new byte[4096];

    public long Run(AnswerEvents events, Func<Column[], int, long> sum)
    {
        long total = 0;
        foreach (AnswerEvents.Piece piece in events.Pieces)
        {
            ReadOnlySpan<byte> rest = piece.Buffer.AsSpan(0, piece.Length);
            while (!rest.IsEmpty)
            {
                int length = rest.IndexOf((byte)'\n');
                Decode(rest[..length]);
                rest = rest[(length + 1)..];
                if (_eventTime.Count == ColumnBatch.MaxRows || rest.IsEmpty) total += Build(sum);
            }
        }
        return total;
    }

    private long Build(Func<Column[], int, long> sum)
    {
        int rows = _eventTime.Count;
        return sum([_eventTime.Build(), _userId.Build(), _subject.Build(), _isCorrect.Build(),
            _answerTime.Build()], rows);
    }

    private void Decode(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("eventTime"u8))
            {
                reader.Read();
                _eventTime.Append(reader.GetInt64());
            }
            else if (reader.ValueTextEquals("payload"u8))
            {
                reader.Read();
                if (_payload.Length < reader.ValueSpan.Length) _payload = new byte[reader.ValueSpan.Length];
                DecodePayload(_payload.AsSpan(0, reader.CopyString(_payload)));
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void DecodePayload(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("userId"u8)) Text(ref reader, _userId);
            else if (reader.ValueTextEquals("subject"u8)) Text(ref reader, _subject);
            else if (reader.ValueTextEquals("isCorrect"u8)) Number(ref reader, _isCorrect);
            else if (reader.ValueTextEquals("answerTime"u8)) Number(ref reader, _answerTime);
            else reader.Skip();
        }
    }

    private static void Text(ref Utf8JsonReader reader, BytesColumnBuilder builder)
    {
        reader.Read();
        builder.Commit(reader.CopyString(builder.Reserve(reader.ValueSpan.Length)));
    }

    private static void Number(ref Utf8JsonReader reader, FixedColumnBuilder<int> builder)
    {
        reader.Read();
        builder.Append(reader.GetInt32());
    }
}
