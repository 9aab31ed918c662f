using System.Collections.Immutable;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Formats.Json;

/// <summary>ARRAY from a JSON array.</summary>
internal sealed class JsonArrayConverter(LogicalType element, JsonFormatOptions options) : JsonConverter
{
    private readonly JsonNullable _element = new(element, options);

    public override string? Append(ReadOnlySpan<byte> text, JsonSlice value, ColumnBuilder builder)
    {
        if (value.Kind != JsonKind.Array) return "an array";
        var list = (ListColumnBuilder)builder;
        int before = list.Children[0].Count;
        var cursor = new JsonCursor(text, allowControls: true) { Position = value.Start };
        cursor.Open((byte)']', out bool isClosed);
        while (!isClosed)
        {
            cursor.TryReadValue(out JsonSlice item);
            if (_element.Append(text, item, list.Children[0]) is { } expected)
            {
                list.Children[0].Truncate(before);
                return $"an array whose elements are each {expected}";
            }
            cursor.TryReadNext((byte)']', out isClosed);
        }
        list.EndRow();
        return null;
    }
}

/// <summary>
/// MAP or MULTISET with string keys from a JSON object; of a repeated key the last value counts.
/// </summary>
internal sealed class JsonMapConverter(LogicalType value, JsonFormatOptions options) : JsonConverter
{
    private readonly JsonNullable _value = new(value, options);
    private readonly JsonStringConverter _key = new();

    public override string? Append(ReadOnlySpan<byte> text, JsonSlice value, ColumnBuilder builder)
    {
        if (value.Kind != JsonKind.Object) return "an object";
        var list = (ListColumnBuilder)builder;
        int before = list.Children[0].Count;
        foreach ((JsonSlice name, JsonSlice item) in JsonMembers.All(text, value))
        {
            if (_value.Append(text, item, list.Children[1]) is { } expected)
            {
                list.Children[0].Truncate(before);
                list.Children[1].Truncate(before);
                return $"an object whose values are each {expected}";
            }
            _key.Append(text, name, list.Children[0]);
        }
        list.EndRow();
        return null;
    }
}

/// <summary>
/// ROW from a JSON object; unknown members are left out, missing ones are NULL or an error.
/// </summary>
internal sealed class JsonRowConverter(ImmutableArray<Field> fields, JsonFormatOptions options)
    : JsonConverter
{
    private readonly JsonMembers _members = new(fields.Select(f => f.Name));
    private readonly JsonNullable[] _values = [.. fields.Select(f => new JsonNullable(f.Type, options))];
    private readonly JsonSlice[] _found = new JsonSlice[fields.Length];

    public override string? Append(ReadOnlySpan<byte> text, JsonSlice value, ColumnBuilder builder)
    {
        if (value.Kind != JsonKind.Object) return "an object";
        var row = (RowColumnBuilder)builder;
        var cursor = new JsonCursor(text, allowControls: true) { Position = value.Start };
        _members.TryRead(ref cursor, text, _found);
        for (int i = 0; i < _values.Length; i++)
        {
            string? expected = _found[i].Kind == JsonKind.None && options.FailsOnMissingField
                ? "there"
                : _values[i].Append(text, _found[i], row.Children[i]);
            if (expected is null) continue;
            for (int undo = 0; undo < i; undo++) row.Children[undo].Truncate(row.Count);
            return $"an object whose '{fields[i].Name}' is {expected}";
        }
        row.EndRow();
        return null;
    }
}

/// <summary>
/// A converter that takes missing and null values too, and gives NULL for bad ones where the options say so.
/// </summary>
internal sealed class JsonNullable(LogicalType type, JsonFormatOptions options)
{
    private readonly JsonConverter _converter = JsonConverter.For(type, options);

    /// <inheritdoc cref="JsonConverter.Append"/>
    public string? Append(ReadOnlySpan<byte> text, JsonSlice value, ColumnBuilder builder)
    {
        if (value.Kind is JsonKind.None or JsonKind.Null)
        {
            builder.AppendNull();
            return null;
        }
        string? expected = _converter.Append(text, value, builder);
        if (expected is null || !options.IgnoresParseErrors) return expected;
        builder.AppendNull();
        return null;
    }
}
