using Millrace.Shared.Columns;
using Millrace.Shared.Connect;

namespace Millrace.Connectors.Formats.Json;

/// <summary>Decodes JSON lines into the columns of a scan.</summary>
internal sealed class JsonLineDecoder : LineDecoder
{
    private readonly JsonFormatOptions _options;
    private readonly JsonScanPlan _plan;
    private readonly JsonRowReader _rows;

    public JsonLineDecoder(TableSpec table, ScanSpec scan, JsonFormatOptions options)
    {
        _options = options;
        _plan = new JsonScanPlan(scan);
        _rows = new JsonRowReader(table, _plan, options);
    }

    public override DecodeStep Decode(byte[] buffer, int start, int end, int maxRows)
    {
        int position = start, lines = 0;
        while (RowCount < maxRows)
        {
            int length = buffer.AsSpan(position, end - position).IndexOf((byte)'\n');
            if (length < 0) break;
            DecodeLine(buffer.AsSpan(position, length), position - start, lines);
            position += length + 1;
            lines++;
        }
        return new DecodeStep(position - start, lines);
    }

    public override Column?[] Build()
    {
        var columns = new Column?[_plan.Builders.Length];
        for (int i = 0; i < columns.Length; i++) columns[i] = _plan.Builders[i]?.Build();
        RowCount = 0;
        return columns;
    }

    private void DecodeLine(ReadOnlySpan<byte> line, int lineStart, int lineIndex)
    {
        if (line is [.., (byte)'\r']) line = line[..^1];
        if (line.IsEmpty) return;
        string? trouble = _rows.Read(line);
        if (trouble is null)
        {
            RowCount++;
            return;
        }
        if (!_options.IgnoresParseErrors) throw new BadLineException(lineIndex, lineStart, _rows.ErrorOffset, trouble);
        _plan.Truncate(RowCount);
        SkippedLineCount++;
    }
}
