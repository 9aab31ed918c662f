using Millrace.Connectors.Formats.Json;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Formats.Csv;

/// <summary>Decodes CSV records; a quoted field may hold line feeds.</summary>
internal sealed class CsvLineDecoder : LineDecoder
{
    private readonly TableSpec _table;
    private readonly CsvFormatOptions _options;
    private readonly CsvRecord _record;
    private readonly CsvOutput?[] _outputs;

    public CsvLineDecoder(TableSpec table, ScanSpec scan, CsvFormatOptions options)
    {
        _table = table;
        _options = options;
        _record = new CsvRecord(options);
        _outputs = [.. scan.Columns.Select(Output)];
    }

    public override DecodeStep Decode(byte[] buffer, int start, int end, int maxRows)
    {
        int position = start, lines = 0;
        while (RowCount < maxRows)
        {
            ReadOnlySpan<byte> data = buffer.AsSpan(position, end - position);
            int length = _options.AllowsComments && data is [(byte)'#', ..]
                ? data.IndexOf((byte)'\n') + 1
                : DecodeRecord(data, position - start, lines);
            if (length == 0) break;
            position += length;
            lines += data[..length].Count((byte)'\n');
        }
        return new DecodeStep(position - start, lines);
    }

    public override Column?[] Build()
    {
        RowCount = 0;
        return [.. _outputs.Select(o => o?.Builder.Build())];
    }

    private CsvOutput? Output(ScanColumn column) => column is PhysicalScanColumn physical
        ? new CsvOutput(
            physical.Index, CsvConverter.For(physical.Type, _options), ColumnBuilder.Create(physical.Type))
        : null;

    private int DecodeRecord(ReadOnlySpan<byte> data, int lineStart, int lineIndex)
    {
        int length = _record.Read(data);
        bool isBlank = _record.Fields is [{ Length: 0, IsQuoted: false }];
        if (length == 0 || isBlank) return length;
        if (Append() is not { } trouble)
        {
            RowCount++;
            return length;
        }
        if (!_options.IgnoresParseErrors) throw new BadLineException(lineIndex, lineStart, 0, trouble);
        foreach (CsvOutput? output in _outputs) output?.Builder.Truncate(RowCount);
        SkippedLineCount++;
        return length;
    }

    private string? Append()
    {
        if (_record.Error is { } error) return error;
        if (_record.Fields.Count != _table.Physical.Count && !_options.IgnoresParseErrors)
            return $"{_table.Physical.Count} fields should be here, not {_record.Fields.Count}";
        foreach (CsvOutput? output in _outputs)
        {
            if (output is null) continue;
            if (Append(output) is { } expected)
                return $"the field '{_table.Physical[output.Index].Name}' is not {expected}";
        }
        return null;
    }

    private string? Append(CsvOutput output)
    {
        if (output.Index >= _record.Fields.Count || IsNull(_record.Fields[output.Index]))
        {
            output.Builder.AppendNull();
            return null;
        }
        CsvField field = _record.Fields[output.Index];
        var value = new JsonSlice(JsonKind.Text, field.Start, field.Length, false);
        string? expected = output.Converter.Append(_record.Text, value, output.Builder);
        if (expected is null || !_options.IgnoresParseErrors) return expected;
        output.Builder.AppendNull();
        return null;
    }

    private bool IsNull(CsvField field) =>
        _options.NullLiteral is { } literal
        && _record.Text.Slice(field.Start, field.Length).SequenceEqual(literal);

    private sealed record CsvOutput(int Index, JsonConverter Converter, ColumnBuilder Builder);
}
