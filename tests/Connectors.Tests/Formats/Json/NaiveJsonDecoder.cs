using System.Globalization;
using System.Text;
using System.Text.Json;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Tests.Formats.Json;

/// <summary>
/// What the decoder should do, written over JsonDocument without a thought for speed: for columns of STRING,
/// BIGINT, INT, DOUBLE and BOOLEAN and for JSON fields, with or without ignore-parse-errors.
/// </summary>
internal sealed class NaiveJsonDecoder(TableSpec table, ScanSpec scan, bool ignoresErrors)
{
    /// <summary>The rows as text, until the first bad line, which gives the row <c>!</c>.</summary>
    public List<string> Decode(byte[] data)
    {
        List<string> rows = [];
        foreach (byte[] line in Lines(data))
        {
            if (line.Length == 0) continue;
            string? row = Row(line);
            if (row is null && !ignoresErrors) return [.. rows, "!"];
            if (row is not null) rows.Add(row);
        }
        return rows;
    }

    private static IEnumerable<byte[]> Lines(byte[] data)
    {
        int start = 0;
        while (start < data.Length)
        {
            int length = data.AsSpan(start).IndexOf((byte)'\n');
            if (length < 0) length = data.Length - start;
            byte[] line = data.AsSpan(start, length).ToArray();
            yield return line is [.., (byte)'\r'] ? line[..^1] : line;
            start += length + 1;
        }
    }

    private string? Row(byte[] line)
    {
        if (line.AsSpan().StartsWith("\uFEFF"u8)) line = line[3..];
        if (Parse(line, true) is not { ValueKind: JsonValueKind.Object } root) return null;
        List<string> values = [];
        foreach (ScanColumn column in scan.Columns)
        {
            string? value = column switch
            {
                JsonScanColumn field => Field(Member(root, table.Physical[field.Index].Name), field),
                PhysicalScanColumn physical => Value(Member(root, physical.Name), physical.Type.Kind),
                _ => "?",
            };
            if (value is null && !ignoresErrors) return null;
            values.Add(value ?? "NULL");
        }
        return string.Join('|', values);
    }

    /// <summary>Of a repeated member the last one.</summary>
    private static JsonElement? Member(JsonElement? element, string name)
    {
        if (element is not { ValueKind: JsonValueKind.Object } parent) return null;
        JsonElement? found = null;
        foreach (JsonProperty member in parent.EnumerateObject())
            if (member.Name == name) found = member.Value;
        return found;
    }

    /// <returns>The text of the row, or null where the value cannot be converted.</returns>
    private static string? Value(JsonElement? found, TypeKind type)
    {
        if (found is not { } value || value.ValueKind == JsonValueKind.Null) return "NULL";
        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        bool isContainer = value.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
        switch (type)
        {
            case TypeKind.VarChar: return isContainer ? Compact(value) : text;
            case TypeKind.Boolean:
                return string.Equals(
                    text.Trim(), "true", StringComparison.OrdinalIgnoreCase) ? "true" : "false";
            case TypeKind.Double when value.ValueKind is JsonValueKind.String or JsonValueKind.Number:
                return double.TryParse(
                    text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double d)
                    ? d.ToString("R", CultureInfo.InvariantCulture) : null;
            default:
                return Whole(value, text, type == TypeKind.Int ? int.MinValue
                : long.MinValue, type == TypeKind.Int ? int.MaxValue : long.MaxValue);
        }
    }

    private static string? Whole(JsonElement value, string text, long min, long max)
    {
        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)) return null;
        if (value.ValueKind == JsonValueKind.Number && text.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            double cut = Math.Truncate(value.GetDouble());
            return cut >= min && cut < max + 1.0 ? ((long)cut).ToString(CultureInfo.InvariantCulture) : null;
        }
        return long.TryParse(text.Trim(' ', '\t', '\r', '\n'), NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture, out long whole)
            && whole >= min && whole <= max ? whole.ToString(CultureInfo.InvariantCulture) : null;
    }

    private static string Field(JsonElement? member, JsonScanColumn field)
    {
        if (member is not { } source || source.ValueKind == JsonValueKind.Null) return "NULL";
        string text = source.ValueKind == JsonValueKind.String ? source.GetString()! : source.GetRawText();
        JsonElement? value = Parse(Encoding.UTF8.GetBytes(text), false);
        foreach (string name in field.Path) value = Member(value, name);
        return value is { } found ? Returned(found, field.Type.Kind) : "NULL";
    }

    private static string Returned(JsonElement value, TypeKind type)
    {
        string raw = value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? ""
            : value.GetRawText();
        bool isWhole = value.ValueKind == JsonValueKind.Number && !raw.AsSpan().ContainsAny('.', 'e', 'E');
        return (type, value.ValueKind) switch
        {
            (TypeKind.VarChar, JsonValueKind.String) => value.GetString()!,
            (TypeKind.VarChar, JsonValueKind.Number) when isWhole => raw == "-0" ? "0" : raw,
            (TypeKind.VarChar, JsonValueKind.Number) =>
                Encoding.ASCII.GetString(
                    Connectors.Formats.Json.JsonDecimals.Canonical(Encoding.ASCII.GetBytes(raw))),
            (TypeKind.VarChar or TypeKind.Boolean, JsonValueKind.True) => "true",
            (TypeKind.VarChar or TypeKind.Boolean, JsonValueKind.False) => "false",
            (TypeKind.Double, JsonValueKind.Number) =>
                (value.GetDouble() + 0.0).ToString("R", CultureInfo.InvariantCulture),
            (TypeKind.Int, JsonValueKind.Number) when isWhole && value.TryGetInt32(out int i) =>
                i.ToString(CultureInfo.InvariantCulture),
            (TypeKind.BigInt, JsonValueKind.Number) when isWhole && value.TryGetInt64(out long l) =>
                l.ToString(CultureInfo.InvariantCulture),
            _ => "NULL",
        };
    }

    /// <summary>The first JSON value of the text, whatever follows; null where there is none.</summary>
    private static JsonElement? Parse(byte[] text, bool allowControls)
    {
        if (!IsUtf8(text)) return null;
        byte[] json = allowControls ? EscapeControls(text) : text;
        try
        {
            var reader = new Utf8JsonReader(
                json, new JsonReaderOptions { MaxDepth = 1000, AllowMultipleValues = true });
            return JsonDocument.TryParseValue(ref reader, out JsonDocument? document) ? document.RootElement
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsUtf8(byte[] text) => System.Text.Unicode.Utf8.IsValid(text);

    /// <summary>Control characters inside strings are allowed as they are in Flink's format.</summary>
    private static byte[] EscapeControls(byte[] text)
    {
        var escaped = new StringBuilder();
        bool isInside = false, isEscaped = false;
        foreach (char c in Encoding.UTF8.GetString(text))
        {
            bool wasEscaped = isEscaped;
            if (c == '"' && !wasEscaped) isInside = !isInside;
            isEscaped = isInside && c == '\\' && !wasEscaped;
            if (isInside && !wasEscaped && c < ' ')
                escaped.Append(
                    CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else escaped.Append(c);
        }
        return Encoding.UTF8.GetBytes(escaped.ToString());
    }

    private static string Compact(JsonElement value)
    {
        using var target = new MemoryStream();
        using (var writer = new Utf8JsonWriter(target, new JsonWriterOptions
        {
            Encoder =
            System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping
        }))
            value.WriteTo(writer);
        return Encoding.UTF8.GetString(target.ToArray());
    }
}
