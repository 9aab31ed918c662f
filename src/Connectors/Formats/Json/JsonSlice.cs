namespace Millrace.Connectors.Formats.Json;

internal enum JsonKind : byte
{
    /// <summary>There is no value: the member is missing.</summary>
    None,
    Null,
    True,
    False,
    Integer,

    /// <summary>A number with a fraction or an exponent.</summary>
    Fraction,
    Text,
    Object,
    Array,
}

/// <summary>Where a well-formed JSON value lies in a text.</summary>
/// <param name="Start">Of the value; of a string the first byte after the quote.</param>
/// <param name="Length">In bytes; of a string without its quotes.</param>
/// <param name="HasEscapes">Only for strings: a backslash is in it.</param>
internal readonly record struct JsonSlice(JsonKind Kind, int Start, int Length, bool HasEscapes)
{
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> text) => text.Slice(Start, Length);

    public bool IsNumber => Kind is JsonKind.Integer or JsonKind.Fraction;

    public bool IsContainer => Kind is JsonKind.Object or JsonKind.Array;
}
