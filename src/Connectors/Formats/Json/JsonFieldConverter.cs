using System.Buffers.Text;
using System.Globalization;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Formats.Json;

/// <summary>
/// Appends what <c>JSON_VALUE … RETURNING type</c> gives for a value that its path found: NULL for a missing
/// value, null, an object and an array (NULL ON EMPTY, NULL ON ERROR). A scalar of another type fails in
/// Flink.
/// </summary>
internal static class JsonFieldConverter
{
    /// <summary>The types that RETURNING knows.</summary>
    public static bool Knows(LogicalType type) =>
        type.Kind
            is TypeKind.VarChar or TypeKind.Boolean or TypeKind.Int or TypeKind.BigInt or TypeKind.Double;

    /// <returns>False for a scalar of another type, an integer for DOUBLE included; something was appended
    /// all the same, for rows in which nobody looks at it.</returns>
    public static bool Append(
        ReadOnlySpan<byte> text, JsonSlice value, LogicalType type, ColumnBuilder builder)
    {
        bool isAppended = type.Kind switch
        {
            TypeKind.VarChar => TryText(text, value, (BytesColumnBuilder)builder),
            TypeKind.Boolean => TryBoolean(value, (FixedColumnBuilder<bool>)builder),
            TypeKind.Int => TryInt(text, value, (FixedColumnBuilder<int>)builder),
            TypeKind.BigInt => TryLong(text, value, (FixedColumnBuilder<long>)builder),
            TypeKind.Double => TryDouble(text, value, (FixedColumnBuilder<double>)builder),
            _ => throw new MillraceException(ErrorKind.Bug, $"JSON_VALUE does not return {type}."),
        };
        if (isAppended) return type.Kind != TypeKind.Double || value.Kind != JsonKind.Integer;
        builder.AppendNull();
        return value.Kind is JsonKind.None or JsonKind.Null || value.IsContainer;
    }

    private static bool TryText(ReadOnlySpan<byte> text, JsonSlice value, BytesColumnBuilder builder)
    {
        ReadOnlySpan<byte> content = value.Of(text);
        switch (value.Kind)
        {
            case JsonKind.Text when value.HasEscapes:
                builder.Commit(JsonText.Unescape(content, builder.Reserve(content.Length)));
                return true;
            case JsonKind.Integer when content.SequenceEqual("-0"u8):
                builder.Append("0"u8);
                return true;
            case JsonKind.Fraction:
                builder.Append(JsonDecimals.Canonical(content));
                return true;
            case JsonKind.Text or JsonKind.Integer or JsonKind.True or JsonKind.False:
                builder.Append(content);
                return true;
            default:
                return false;
        }
    }

    private static bool TryBoolean(JsonSlice value, FixedColumnBuilder<bool> builder)
    {
        if (value.Kind is not (JsonKind.True or JsonKind.False)) return false;
        builder.Append(value.Kind == JsonKind.True);
        return true;
    }

    private static bool TryInt(ReadOnlySpan<byte> text, JsonSlice value, FixedColumnBuilder<int> builder)
    {
        if (value.Kind != JsonKind.Integer
            || !Utf8Parser.TryParse(value.Of(text), out int number, out _)) return false;
        builder.Append(number);
        return true;
    }

    private static bool TryLong(ReadOnlySpan<byte> text, JsonSlice value, FixedColumnBuilder<long> builder)
    {
        if (value.Kind != JsonKind.Integer
            || !Utf8Parser.TryParse(value.Of(text), out long number, out _)) return false;
        builder.Append(number);
        return true;
    }

    private static bool TryDouble(
        ReadOnlySpan<byte> text, JsonSlice value, FixedColumnBuilder<double> builder)
    {
        if (!value.IsNumber) return false;
        double number = double.Parse(value.Of(text), NumberStyles.Float, CultureInfo.InvariantCulture);
        // By way of BigDecimal, which has no negative zero.
        builder.Append(number == 0 ? 0 : number);
        return true;
    }
}
