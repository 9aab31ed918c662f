using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Formats.Json;

/// <summary>DATE from <c>yyyy-MM-dd</c>.</summary>
internal sealed class JsonDateConverter : JsonConverter
{
    private const string Expected = "a date as yyyy-MM-dd";

    public override string? Append(ReadOnlySpan<byte> text, JsonSlice value, ColumnBuilder builder)
    {
        if (value.Kind != JsonKind.Text
            || !TimeText.TryDate(PlainText(text, value), out int days)) return Expected;
        ((FixedColumnBuilder<int>)builder).Append(days);
        return null;
    }
}

/// <summary>TIME from <c>HH:mm:ss</c> with up to nine fraction digits.</summary>
internal sealed class JsonTimeConverter : JsonConverter
{
    private const string Expected = "a time as HH:mm:ss";

    public override string? Append(ReadOnlySpan<byte> text, JsonSlice value, ColumnBuilder builder)
    {
        if (value.Kind != JsonKind.Text
            || !TimeText.TryTime(PlainText(text, value), out long nanos)) return Expected;
        ((FixedColumnBuilder<int>)builder).Append((int)(nanos / 1_000_000));
        return null;
    }
}

/// <summary>TIMESTAMP and TIMESTAMP_LTZ in SQL or ISO-8601 form; TIMESTAMP_LTZ ends in Z.</summary>
internal sealed class JsonTimestampConverter(LogicalType type, bool isIso) : JsonConverter
{
    private readonly bool _isInstant = type.Kind == TypeKind.TimestampLtz;
    private readonly string _expected = "a timestamp as yyyy-MM-dd" + (isIso ? "T" : " ") + "HH:mm:ss[.fff]"
        + (type.Kind == TypeKind.TimestampLtz ? "Z" : "");

    public override string? Append(ReadOnlySpan<byte> text, JsonSlice value, ColumnBuilder builder)
    {
        if (value.Kind != JsonKind.Text
            || !TryParse(PlainText(text, value), out long units)) return _expected;
        ((FixedColumnBuilder<long>)builder).Append(units);
        return null;
    }

    private bool TryParse(ReadOnlySpan<byte> text, out long units)
    {
        units = 0;
        if (_isInstant)
        {
            if (text is not [.., (byte)'Z']) return false;
            text = text[..^1];
        }
        return TimeText.TryTimestamp(text, isIso ? (byte)'T' : (byte)' ', type.UnitsPerSecond, out units);
    }
}
