using Millrace.Connectors.Formats.Json;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Formats.Csv;

/// <summary>
/// A CSV field is read as the JSON format reads a string; ARRAY and ROW are split at the element delimiter.
/// </summary>
internal sealed class CsvConverter(LogicalType type, CsvFormatOptions options) : JsonConverter
{
    private readonly JsonConverter[] _parts = type.Kind == TypeKind.Row
        ? [.. type.Fields.Select(f => For(f.Type, new JsonFormatOptions()))]
        : [For(type.Element!, new JsonFormatOptions())];

    public static JsonConverter For(LogicalType type, CsvFormatOptions options) =>
        type.Kind is TypeKind.Array or TypeKind.Row ? new CsvConverter(type, options)
            : For(type, new JsonFormatOptions());

    public override string? Append(ReadOnlySpan<byte> text, JsonSlice value, ColumnBuilder builder)
    {
        List<JsonSlice> elements = Split(text, value);
        return builder is ListColumnBuilder list ? AppendList(text, elements, list)
            : AppendRow(text, elements, (RowColumnBuilder)builder);
    }

    private string? AppendList(ReadOnlySpan<byte> text, List<JsonSlice> elements, ListColumnBuilder list)
    {
        int before = list.Children[0].Count;
        foreach (JsonSlice element in elements)
        {
            if (_parts[0].Append(text, element, list.Children[0]) is not { } expected) continue;
            list.Children[0].Truncate(before);
            return $"an array whose elements are each {expected}";
        }
        list.EndRow();
        return null;
    }

    private string? AppendRow(ReadOnlySpan<byte> text, List<JsonSlice> elements, RowColumnBuilder row)
    {
        if (elements.Count != _parts.Length) return $"a row of {_parts.Length} fields";
        for (int i = 0; i < _parts.Length; i++)
        {
            if (_parts[i].Append(text, elements[i], row.Children[i]) is not { } expected) continue;
            for (int undo = 0; undo < i; undo++) row.Children[undo].Truncate(row.Count);
            return $"a row whose '{type.Fields[i].Name}' is {expected}";
        }
        row.EndRow();
        return null;
    }

    private List<JsonSlice> Split(ReadOnlySpan<byte> text, JsonSlice value)
    {
        List<JsonSlice> elements = [];
        int start = value.Start, end = value.Start + value.Length;
        // An empty field is an empty array.
        while (start < end)
        {
            int length = text[start..end].IndexOf(options.ElementDelimiter);
            if (length < 0) length = end - start;
            elements.Add(new JsonSlice(JsonKind.Text, start, length, false));
            start += length + options.ElementDelimiter.Length;
        }
        return elements;
    }
}
