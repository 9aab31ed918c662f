using System.Text.Json;

namespace Millrace.Operators.Functions.Json;

/// <summary>
/// Reading JSON texts as Flink's parser does: one value stands at the begin, what follows it is not looked
/// at; nesting is limited to <see cref="MaxDepth"/>.
/// </summary>
internal static class JsonTexts
{
    /// <summary>Deeper texts count as broken, as in Flink.</summary>
    public const int MaxDepth = 1000;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    public static Utf8JsonReader Reader(ReadOnlySpan<byte> text) => new(text, Options);

    /// <summary>The document, to be disposed of by the caller; null for broken text.</summary>
    public static JsonDocument? TryParse(ReadOnlySpan<byte> text)
    {
        try
        {
            Utf8JsonReader reader = Reader(text);
            return JsonDocument.TryParseValue(ref reader, out JsonDocument? document) ? document : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The kind of the text's value; null for broken text.</summary>
    public static JsonTokenType? KindOf(ReadOnlySpan<byte> text)
    {
        try
        {
            Utf8JsonReader reader = Reader(text);
            if (!reader.Read()) return null;
            JsonTokenType kind = reader.TokenType;
            reader.Skip();
            return kind;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
