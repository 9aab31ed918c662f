using System.Text.Json;

namespace Millrace.Operators.Functions.Json;

/// <summary>
/// Finds the value of a path of members in one pass over the bytes, without a tree. The whole text is read,
/// since a later member of the same name replaces an earlier one, and since a broken end breaks the whole.
/// </summary>
internal struct MemberScan
{
    private readonly byte[][] _names;

    private MemberScan(byte[][] names) => _names = names;

    /// <summary>The kind of the value; <see cref="JsonTokenType.None"/> where there is none.</summary>
    public JsonTokenType Kind { get; private set; }

    /// <summary>Whether a string holds escapes.</summary>
    public bool HasEscapes { get; private set; }

    private int Start { get; set; }

    private int Length { get; set; }

    /// <summary>
    /// A scalar's bytes: a string's between its quotes, still escaped, or a number's digits.
    /// </summary>
    public readonly ReadOnlySpan<byte> Raw(ReadOnlySpan<byte> text) => text.Slice(Start, Length);

    /// <returns>False for broken text.</returns>
    public static bool TryFind(ReadOnlySpan<byte> text, byte[][] names, out MemberScan found)
    {
        found = new MemberScan(names);
        try
        {
            Utf8JsonReader reader = JsonTexts.Reader(text);
            if (!reader.Read()) return false;
            found.Value(ref reader, 0);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Takes the value at the reader as that of the first so many names; moves to its end.</summary>
    private void Value(ref Utf8JsonReader reader, int depth)
    {
        if (depth == _names.Length) Take(ref reader);
        else if (reader.TokenType == JsonTokenType.StartObject) Members(ref reader, depth);
        else
        {
            Kind = JsonTokenType.None;
            reader.Skip();
        }
    }

    private void Take(ref Utf8JsonReader reader)
    {
        Kind = reader.TokenType;
        HasEscapes = reader.ValueIsEscaped;
        Start = (int)reader.TokenStartIndex + (Kind == JsonTokenType.String ? 1 : 0);
        Length = reader.ValueSpan.Length;
        reader.Skip();
    }

    private void Members(ref Utf8JsonReader reader, int depth)
    {
        Kind = JsonTokenType.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isWanted = reader.ValueTextEquals(_names[depth]);
            reader.Read();
            if (isWanted) Value(ref reader, depth + 1);
            else reader.Skip();
        }
    }
}
