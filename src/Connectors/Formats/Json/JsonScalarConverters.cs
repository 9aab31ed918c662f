using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Formats.Json;

/// <summary>
/// BOOLEAN: true and false; anything else is read as text, and what does not say true is false.
/// </summary>
internal sealed class JsonBooleanConverter : JsonConverter
{
    public override string? Append(ReadOnlySpan<byte> text, JsonSlice value, ColumnBuilder builder)
    {
        bool isTrue = value.Kind == JsonKind.True
            || (value.Kind == JsonKind.Text && Ascii.EqualsIgnoreCase(TrimmedText(text, value), "true"u8));
        ((FixedColumnBuilder<bool>)builder).Append(isTrue);
        return null;
    }
}

/// <summary>TINYINT to BIGINT from numbers and from strings that hold one.</summary>
/// <param name="acceptsFraction">Whether a number with a fraction is cut (INT, BIGINT) or refused.</param>
internal sealed class JsonIntegerConverter<T>(bool acceptsFraction) : JsonConverter
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private static readonly string Expected = $"a whole number from {T.MinValue} to {T.MaxValue}";

    public override string? Append(ReadOnlySpan<byte> text, JsonSlice value, ColumnBuilder builder)
    {
        if (!TryConvert(text, value, out T number)) return Expected;
        ((FixedColumnBuilder<T>)builder).Append(number);
        return null;
    }

    private bool TryConvert(ReadOnlySpan<byte> text, JsonSlice value, out T number)
    {
        number = default;
        if (value.Kind == JsonKind.Fraction) return acceptsFraction && TryCut(value.Of(text), out number);
        return value.Kind is JsonKind.Integer or JsonKind.Text && T.TryParse(
            TrimmedText(text, value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out number);
    }

    private static bool TryCut(ReadOnlySpan<byte> text, out T number)
    {
        number = default;
        double whole = Math.Truncate(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
        // The largest long is no double: its neighbour is one too large.
        if (!(whole >= double.CreateChecked(T.MinValue)
            && whole < double.CreateChecked(T.MaxValue) + 1)) return false;
        number = T.CreateSaturating(whole);
        return true;
    }
}

/// <summary>
/// FLOAT and DOUBLE from numbers and from strings that hold one, NaN and Infinity included.
/// </summary>
internal sealed class JsonFloatConverter<T> : JsonConverter where T : unmanaged, IFloatingPointIeee754<T>
{
    public override string? Append(ReadOnlySpan<byte> text, JsonSlice value, ColumnBuilder builder)
    {
        if (value.Kind != JsonKind.Text && !value.IsNumber) return "a number";
        ReadOnlySpan<byte> digits = TrimmedText(text, value);
        // Java allows the suffix of its literals in text.
        if (digits is [.., >= (byte)'0' and <= (byte)'9' or (byte)'.',
            (byte)'d' or (byte)'D' or (byte)'f' or (byte)'F']) digits = digits[..^1];
        if (!TrySpecial(digits, out T number)
            && (digits.IsEmpty || char.IsAsciiLetter((char)digits[^1])
                || !T.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out number)))
            return "a number";
        ((FixedColumnBuilder<T>)builder).Append(number);
        return null;
    }

    private static bool TrySpecial(ReadOnlySpan<byte> text, out T number)
    {
        number = text.EndsWith("NaN"u8) ? T.NaN
            : text is [(byte)'-', ..] ? T.NegativeInfinity : T.PositiveInfinity;
        ReadOnlySpan<byte> word = text is [(byte)'-' or (byte)'+', ..] ? text[1..] : text;
        return word.SequenceEqual("NaN"u8) || word.SequenceEqual("Infinity"u8);
    }
}

/// <summary>
/// DECIMAL from numbers and strings, rounded half up to the scale; too many digits give NULL.
/// </summary>
internal sealed class JsonDecimalConverter(LogicalType type) : JsonConverter
{
    public override string? Append(ReadOnlySpan<byte> text, JsonSlice value, ColumnBuilder builder)
    {
        if (value.Kind != JsonKind.Text && !value.IsNumber) return "a decimal number";
        if (!JsonDecimals.TryParse(
            TrimmedText(text, value), type.Precision, type.Scale, out Int128? unscaled))
            return "a decimal number";
        if (unscaled is { } known) ((FixedColumnBuilder<Int128>)builder).Append(known);
        else builder.AppendNull();
        return null;
    }
}

/// <summary>STRING: a string's characters; of any other value its JSON text.</summary>
internal sealed class JsonStringConverter : JsonConverter
{
    private readonly ArrayBufferWriter<byte> _compact = new();

    public override string? Append(ReadOnlySpan<byte> text, JsonSlice value, ColumnBuilder builder)
    {
        var target = (BytesColumnBuilder)builder;
        if (value.IsContainer)
        {
            _compact.ResetWrittenCount();
            JsonCompact.Write(text, value, _compact);
            target.Append(_compact.WrittenSpan);
        }
        else if (value.HasEscapes)
        {
            target.Commit(JsonText.Unescape(value.Of(text), target.Reserve(value.Length)));
        }
        else
        {
            target.Append(value.Of(text));
        }
        return null;
    }
}

/// <summary>BYTES from base64.</summary>
internal sealed class JsonBytesConverter : JsonConverter
{
    public override string? Append(ReadOnlySpan<byte> text, JsonSlice value, ColumnBuilder builder)
    {
        if (value.Kind != JsonKind.Text) return "a string of base64";
        ReadOnlySpan<byte> encoded = PlainText(text, value);
        var target = (BytesColumnBuilder)builder;
        OperationStatus status = System.Buffers.Text.Base64.DecodeFromUtf8(
            encoded, target.Reserve(encoded.Length), out _, out int written);
        if (status != OperationStatus.Done) return "a string of base64";
        target.Commit(written);
        return null;
    }
}
