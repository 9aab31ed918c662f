using System.Globalization;
using System.Text;
using System.Text.Json;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.CaseRunner;

/// <summary>Rows of a case, JSON objects, into columns.</summary>
internal static class RowReader
{
    public static void Append(string json, Schema schema, BatchBuilder builder)
    {
        using var document = JsonDocument.Parse(json);
        for (int i = 0; i < schema.Count; i++)
        {
            bool isThere = document.RootElement.TryGetProperty(schema[i].Name, out JsonElement value);
            Append(isThere ? value : default, schema[i].Type, builder.Columns[i]);
        }
    }

    private static void Append(JsonElement value, LogicalType type, ColumnBuilder builder)
    {
        if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            builder.AppendNull();
            return;
        }
        switch (builder)
        {
            case FixedColumnBuilder<bool> b: b.Append(value.GetBoolean()); break;
            case FixedColumnBuilder<sbyte> b: b.Append(value.GetSByte()); break;
            case FixedColumnBuilder<short> b: b.Append(value.GetInt16()); break;
            case FixedColumnBuilder<int> b: b.Append(Int32(value, type)); break;
            case FixedColumnBuilder<long> b: b.Append(Int64(value, type)); break;
            case FixedColumnBuilder<float> b: b.Append((float)Number(value)); break;
            case FixedColumnBuilder<double> b: b.Append(Number(value)); break;
            case FixedColumnBuilder<Int128> b: b.Append(DecimalText.Parse(Text(value), type.Scale)); break;
            case BytesColumnBuilder b:
                b.Append(type.IsBinary ? value.GetBytesFromBase64() : Encoding.UTF8.GetBytes(Text(value)));
                break;
            case ListColumnBuilder b: AppendList(value, type, b); break;
            case RowColumnBuilder b: AppendRow(value, type, b); break;
            default: throw new NotSupportedException($"A case cannot hold {type}.");
        }
    }

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? value.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var text => double.Parse(text!, CultureInfo.InvariantCulture),
        }
        : value.GetDouble();

    private static int Int32(JsonElement value, LogicalType type) => type.Kind switch
    {
        TypeKind.Date =>
            DateOnly.ParseExact(value.GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture).DayNumber
            - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber,
        TypeKind.Time =>
            (int)TimeSpan.Parse(value.GetString()!, CultureInfo.InvariantCulture).TotalMilliseconds,
        _ => value.GetInt32(),
    };

    private static long Int64(JsonElement value, LogicalType type) =>
        type.IsTimestamp ? Timestamp(value.GetString()!.TrimEnd('Z'), type) : value.GetInt64();

    private static long Timestamp(string text, LogicalType type)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        string whole = point < 0 ? text : text[..point];
        string fraction = (point < 0 ? "" : text[(point + 1)..]).PadRight(9, '0');
        var time = DateTime.ParseExact(whole, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        long seconds = (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        long nanoseconds = long.Parse(fraction[..9], CultureInfo.InvariantCulture);
        return (seconds * type.UnitsPerSecond) + (nanoseconds / (1_000_000_000 / type.UnitsPerSecond));
    }

    private static void AppendList(JsonElement value, LogicalType type, ListColumnBuilder builder)
    {
        if (type.Kind == TypeKind.Array)
        {
            foreach (JsonElement item in value.EnumerateArray())
                Append(item, type.Element!, builder.Children[0]);
            builder.EndRow();
            return;
        }
        LogicalType valueType = type.Value ?? LogicalType.Int;
        foreach (JsonProperty member in value.EnumerateObject())
        {
            string key = type.Element!.IsCharacter ? JsonSerializer.Serialize(member.Name) : member.Name;
            using var parsed = JsonDocument.Parse(key);
            Append(parsed.RootElement, type.Element, builder.Children[0]);
            Append(member.Value, valueType, builder.Children[1]);
        }
        builder.EndRow();
    }

    private static void AppendRow(JsonElement value, LogicalType type, RowColumnBuilder builder)
    {
        for (int i = 0; i < type.Fields.Length; i++)
        {
            bool isThere = value.TryGetProperty(type.Fields[i].Name, out JsonElement field);
            Append(isThere ? field : default, type.Fields[i].Type, builder.Children[i]);
        }
        builder.EndRow();
    }
}
