using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Formats.Json;

/// <summary>
/// Appends JSON values to a column of one SQL type, by the rules of Flink's JSON format. One converter serves
/// one thread: it has scratch space.
/// </summary>
internal abstract class JsonConverter
{
    private byte[] _scratch = [];

    /// <summary>
    /// Appends one value, never <see cref="JsonKind.None"/> or <see cref="JsonKind.Null"/>.
    /// </summary>
    /// <param name="text">The JSON text that the slice lies in; checked already.</param>
    /// <returns>Null where a row was appended; else what was expected, and the builder is as
    /// before.</returns>
    public abstract string? Append(ReadOnlySpan<byte> text, JsonSlice value, ColumnBuilder builder);

    /// <summary>The converter of a type.</summary>
    public static JsonConverter For(LogicalType type, JsonFormatOptions options) => type.Kind switch
    {
        TypeKind.Boolean => new JsonBooleanConverter(),
        TypeKind.TinyInt => new JsonIntegerConverter<sbyte>(acceptsFraction: false),
        TypeKind.SmallInt => new JsonIntegerConverter<short>(acceptsFraction: false),
        TypeKind.Int or TypeKind.IntervalYearMonth => new JsonIntegerConverter<int>(acceptsFraction: true),
        TypeKind.BigInt or TypeKind.IntervalDayTime => new JsonIntegerConverter<long>(acceptsFraction: true),
        TypeKind.Float => new JsonFloatConverter<float>(),
        TypeKind.Double => new JsonFloatConverter<double>(),
        TypeKind.Decimal => new JsonDecimalConverter(type),
        TypeKind.Char or TypeKind.VarChar => new JsonStringConverter(),
        TypeKind.Binary or TypeKind.VarBinary => new JsonBytesConverter(),
        TypeKind.Date => new JsonDateConverter(),
        TypeKind.Time => new JsonTimeConverter(),
        TypeKind.Timestamp or TypeKind.TimestampLtz => new JsonTimestampConverter(type, options.IsIsoTime),
        TypeKind.Array => new JsonArrayConverter(type.Element!, options),
        TypeKind.Map => new JsonMapConverter(type.Value!, options),
        TypeKind.Multiset => new JsonMapConverter(LogicalType.Int, options),
        TypeKind.Row => new JsonRowConverter(type.Fields, options),
        _ => new JsonNullConverter(),
    };

    /// <summary>What Jackson calls the text of a scalar: a string's characters, else its JSON text.</summary>
    protected ReadOnlySpan<byte> PlainText(ReadOnlySpan<byte> text, JsonSlice value) =>
        JsonText.Plain(value.Of(text), value.HasEscapes, ref _scratch);

    protected ReadOnlySpan<byte> TrimmedText(ReadOnlySpan<byte> text, JsonSlice value) =>
        PlainText(text, value).Trim(" \t\r\n"u8);
}

/// <summary>The column of a bare NULL.</summary>
internal sealed class JsonNullConverter : JsonConverter
{
    public override string? Append(ReadOnlySpan<byte> text, JsonSlice value, ColumnBuilder builder)
    {
        builder.AppendNull();
        return null;
    }
}
