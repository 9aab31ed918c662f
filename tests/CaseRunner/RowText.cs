using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.CaseRunner;

/// <summary>
/// Rows as one canonical line of JSON, from columns and from the expectation of a case, so that equal values
/// give equal lines: floats by value, members of maps sorted.
/// </summary>
internal static class RowText
{
    private static readonly JsonSerializerOptions _json =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(ColumnBatch batch, int row, Schema schema) =>
        $"[{string.Join(",", schema.Fields.Select((f, i) => Value(batch.Columns[i], row, f.Type)))}]";

    /// <summary>An expected row in the same form.</summary>
    public static string Of(string json, Schema schema)
    {
        using var document = JsonDocument.Parse(json);
        JsonElement[] values = [.. document.RootElement.EnumerateArray()];
        if (values.Length != schema.Count) return json;
        return $"[{string.Join(",", schema.Fields.Select((f, i) => Value(values[i], f.Type)))}]";
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text, _json);

    private static string Value(Column column, int row, LogicalType type)
    {
        if (column.IsNull(row) || type.Kind == TypeKind.Null) return "null";
        return column switch
        {
            FixedColumn<bool> c => c[row] ? "true" : "false",
            FixedColumn<sbyte> c => c[row].ToString(CultureInfo.InvariantCulture),
            FixedColumn<short> c => c[row].ToString(CultureInfo.InvariantCulture),
            FixedColumn<int> c => Int32(c[row], type),
            FixedColumn<long> c => Int64(c[row], type),
            FixedColumn<float> c => Single(c[row]),
            FixedColumn<double> c => Double(c[row]),
            FixedColumn<Int128> c => Quote(DecimalText.Of(c[row], type.Scale)),
            BytesColumn c =>
                Quote(type.IsBinary ? Convert.ToBase64String(c[row]) : Encoding.UTF8.GetString(c[row])),
            ListColumn c => List(c, row, type),
            RowColumn c =>
                $"[{string.Join(",", type.Fields.Select((f, i) => Value(c.Children[i], row, f.Type)))}]",
            _ => throw new NotSupportedException($"A case cannot show {type}."),
        };
    }

    private static string Int32(int value, LogicalType type) => type.Kind switch
    {
        TypeKind.Date => Quote(DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(value)
            .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        TypeKind.Time => Quote(TimeSpan.FromMilliseconds(value)
            .ToString(type.Precision == 0 ? @"hh\:mm\:ss" : @"hh\:mm\:ss\.fff",
                CultureInfo.InvariantCulture)),
        TypeKind.IntervalYearMonth => Quote(string.Create(CultureInfo.InvariantCulture, $"P{value}M")),
        _ => value.ToString(CultureInfo.InvariantCulture),
    };

    private static string Int64(long value, LogicalType type)
    {
        if (type.IsInterval) return Quote(Duration(value));
        if (!type.IsTimestamp) return value.ToString(CultureInfo.InvariantCulture);
        (long seconds, long fraction) = (
            Math.DivRem(value, type.UnitsPerSecond).Quotient,
            Math.DivRem(value, type.UnitsPerSecond).Remainder);
        if (fraction < 0) (seconds, fraction) = (seconds - 1, fraction + type.UnitsPerSecond);
        // As many groups of three fraction digits as the value has, whatever its precision.
        int digits = type.Precision <= 3 ? 3 : type.Precision <= 6 ? 6 : 9;
        string padded = fraction.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
        string text = DateTime.UnixEpoch.AddTicks(seconds * TimeSpan.TicksPerSecond)
            .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        string zone = type.Kind == TypeKind.TimestampLtz ? "Z" : "";
        return Quote($"{text}.{Shortest(padded)}{zone}");
    }

    /// <summary>
    /// 3, 6 or 9 digits, as few as hold the value: so Flink writes them, whatever the precision.
    /// </summary>
    private static string Shortest(string fraction) =>
        fraction.Length > 3 && fraction.EndsWith("000", StringComparison.Ordinal)
        ? Shortest(fraction[..^3])
        : fraction;

    /// <summary>As Java writes a Duration: PT25H, PT-1M-0.5S.</summary>
    private static string Duration(long milliseconds)
    {
        (long hours, long minutes, decimal seconds) = (
            milliseconds / 3_600_000, milliseconds / 60_000 % 60, milliseconds % 60_000 / 1000m);
        string text = (hours == 0 ? "" : $"{hours}H") + (minutes == 0 ? "" : $"{minutes}M")
            + (seconds == 0 ? "" : seconds.ToString("0.###", CultureInfo.InvariantCulture) + "S");
        return "PT" + (text.Length == 0 ? "0S" : text);
    }

    private static string Single(float value) => float.IsFinite(value)
        ? value.ToString("R", CultureInfo.InvariantCulture)
        : Quote(float.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");

    private static string Double(double value) => double.IsFinite(value)
        ? value.ToString("R", CultureInfo.InvariantCulture)
        : Quote(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");

    private static string List(ListColumn column, int row, LogicalType type)
    {
        int[] elements =
            [.. Enumerable.Range(column.Offsets[row], column.Offsets[row + 1] - column.Offsets[row])];
        if (type.Kind == TypeKind.Array)
            return $"[{string.Join(",", elements.Select(e => Value(column.Children[0], e, type.Element!)))}]";
        LogicalType valueType = type.Value ?? LogicalType.Int;
        return Members(elements.Select(e => (
            Unquoted(Value(column.Children[0], e, type.Element!)), Value(column.Children[1], e, valueType))));
    }

    private static string Unquoted(string json) =>
        json.StartsWith('"') ? JsonSerializer.Deserialize<string>(json)! : json;

    private static string Members(IEnumerable<(string Key, string Value)> members)
    {
        IEnumerable<string> texts =
            members.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{Quote(m.Key)}:{m.Value}");
        return $"{{{string.Join(",", texts)}}}";
    }

    private static string Value(JsonElement value, LogicalType type)
    {
        if (value.ValueKind == JsonValueKind.Null) return "null";
        switch (type.Kind)
        {
            case TypeKind.Float when value.ValueKind == JsonValueKind.Number:
                return Single(float.Parse(value.GetRawText(), CultureInfo.InvariantCulture));
            case TypeKind.Double when value.ValueKind == JsonValueKind.Number:
                return Double(double.Parse(value.GetRawText(), CultureInfo.InvariantCulture));
            case TypeKind.Array:
                return $"[{string.Join(",", value.EnumerateArray().Select(v => Value(v, type.Element!)))}]";
            case TypeKind.Row:
                IEnumerable<string> fields =
                    value.EnumerateArray().Zip(type.Fields, (v, f) => Value(v, f.Type));
                return $"[{string.Join(",", fields)}]";
            case TypeKind.Map or TypeKind.Multiset:
                return Members(value.EnumerateObject()
                    .Select(m => (m.Name, Value(m.Value, type.Value ?? LogicalType.Int))));
            case TypeKind.Timestamp or TypeKind.TimestampLtz when value.GetString() is { } text:
                string zone = text.EndsWith('Z') ? "Z" : "";
                int point = text.IndexOf('.', StringComparison.Ordinal) + 1;
                return Quote(point == 0 ? text : text[..point] + Shortest(text[point..].TrimEnd('Z')) + zone);
            default:
                return value.ValueKind == JsonValueKind.String
                    ? Quote(value.GetString()!)
                    : value.GetRawText();
        }
    }
}
