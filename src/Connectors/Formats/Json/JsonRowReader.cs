using System.Text;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;

namespace Millrace.Connectors.Formats.Json;

/// <summary>
/// Decodes one line by the book: it says what every line means, and <see cref="JsonFastPath"/> takes over the
/// lines that it is sure to decode to the same rows.
/// </summary>
internal sealed class JsonRowReader
{
    private const int ShownBytes = 100;

    private readonly TableSpec _table;
    private readonly JsonScanPlan _plan;
    private readonly JsonFormatOptions _options;
    private readonly JsonMembers _members;
    private readonly JsonSlice[] _found;
    private readonly JsonNullable[] _converters;
    private byte[] _payload = [];
    private (int Offset, string Reason)? _misfit;

    public JsonRowReader(TableSpec table, JsonScanPlan plan, JsonFormatOptions options)
    {
        _table = table;
        _plan = plan;
        _options = options;
        _members = new JsonMembers(plan.Members.Select(m => table.Physical[m.Physical].Name));
        _found = new JsonSlice[plan.Members.Length];
        _converters =
            [.. plan.Members.Select(m => new JsonNullable(table.Physical[m.Physical].Type, options))];
    }

    /// <summary>Where in the line the last failure lies.</summary>
    public int ErrorOffset { get; private set; }

    /// <summary>
    /// Whether the last failure is one of the query: options that ignore errors of lines do not help.
    /// </summary>
    public bool IsOfQuery { get; private set; }

    /// <summary>Appends the row of a line to the builders.</summary>
    /// <param name="line">Without its line end, not empty.</param>
    /// <returns>Null where a row was appended; else what is wrong, and some builders may have a value too
    /// many.</returns>
    public string? Read(ReadOnlySpan<byte> line)
    {
        IsOfQuery = false;
        _misfit = null;
        var cursor = new JsonCursor(line, allowControls: true);
        // Jackson skips a byte order mark.
        if (line.StartsWith("\uFEFF"u8)) cursor.Position = 3;
        if (cursor.Peek() != '{')
        {
            ErrorOffset = cursor.Position;
            return "the line is no JSON object";
        }
        if (!_members.TryRead(ref cursor, line, _found))
        {
            ErrorOffset = cursor.Position;
            return $"the line is not valid JSON: {cursor.Error}";
        }
        for (int i = 0; i < _found.Length; i++)
            if (Append(line, i, _found[i]) is { } trouble) return trouble;
        if (_misfit is not { } misfit || !IsComputed(line)) return null;
        IsOfQuery = true;
        ErrorOffset = misfit.Offset;
        return misfit.Reason;
    }

    /// <summary>
    /// Whether the plan is sure to compute with the row, so that a field of another type is an error.
    /// </summary>
    private bool IsComputed(ReadOnlySpan<byte> line)
    {
        if (_plan.Computed is not { } rows) return false;
        foreach ((int member, byte[] text) in rows)
        {
            JsonSlice value = _found[member];
            if (value.Kind != JsonKind.Text
                || !JsonText.Plain(value.Of(line), value.HasEscapes, ref _payload).SequenceEqual(text))
                return false;
        }
        return true;
    }

    private string? Append(ReadOnlySpan<byte> line, int index, JsonSlice value)
    {
        JsonScanMember member = _plan.Members[index];
        ErrorOffset = value.Start;
        if (value.Kind == JsonKind.None && _options.FailsOnMissingField)
            return $"the field '{_table.Physical[member.Physical].Name}' is missing";
        foreach (ColumnBuilder builder in member.Outputs)
            if (_converters[index].Append(line, value, builder) is { } expected)
                return $"the field '{_table.Physical[member.Physical].Name}' is not {expected}";
        if (member.Text is { } text) AppendFields(line, value, text);
        return null;
    }

    private void AppendFields(ReadOnlySpan<byte> line, JsonSlice value, JsonTextFields fields)
    {
        ReadOnlySpan<byte> text = JsonText.Plain(value.Of(line), value.HasEscapes, ref _payload);
        if (value.Kind is JsonKind.None or JsonKind.Null) fields.Paths.Clear();
        else fields.Paths.Find(text);
        for (int i = 0; i < fields.Builders.Length; i++)
        {
            JsonSlice field = fields.Paths.Found[i];
            JsonScanColumn column = fields.Columns[i];
            if (JsonFieldConverter.Append(text, field, column.Type, fields.Builders[i])
                || _plan.Computed is null)
                continue;
            _misfit = (value.Start,
                $"JSON_VALUE RETURNING {column.Type} found {Shown(field.Of(text))} in '{column.Name}'; "
                + "leave RETURNING out and CAST the text");
        }
    }

    private static string Shown(ReadOnlySpan<byte> value) =>
        value.Length <= ShownBytes ? Encoding.UTF8.GetString(value) : $"{value.Length} bytes";
}
