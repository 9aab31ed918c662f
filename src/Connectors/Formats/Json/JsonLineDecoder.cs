using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;

namespace Millrace.Connectors.Formats.Json;

/// <summary>Decodes JSON lines into the columns of a scan.</summary>
internal sealed class JsonLineDecoder : LineDecoder
{
    private readonly JsonFormatOptions _options;
    private readonly JsonScanPlan _plan;
    private readonly JsonRowReader _rows;
    private readonly JsonFastPath? _fastPath;

    public JsonLineDecoder(TableSpec table, ScanSpec scan, JsonFormatOptions options)
    {
        _options = options;
        _plan = new JsonScanPlan(scan);
        _rows = new JsonRowReader(table, _plan, options);
        if (JsonTargets.Of(table, _plan, options) is { } targets) _fastPath = new JsonFastPath(targets);
    }

    public override unsafe DecodeStep Decode(byte[] buffer, int start, int end, int maxRows)
    {
        Invariant.Check(end + SlackBytes <= buffer.Length);
        int position = start, lines = 0;
        fixed (byte* bytes = buffer)
        {
            while (RowCount < maxRows && position < end)
            {
                int length = TryTakeLine(bytes + position, bytes + end);
                if (length == 0)
                {
                    length = buffer.AsSpan(position, end - position).IndexOf((byte)'\n') + 1;
                    if (length == 0) break;
                    DecodeLine(buffer.AsSpan(position, length - 1), position - start, lines);
                }
                position += length;
                lines++;
            }
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

    private unsafe int TryTakeLine(byte* line, byte* end)
    {
        if (_fastPath is null) return 0;
        int length = _fastPath.TryTakeLine(line, end);
        if (length == 0 || _fastPath.IsUnwanted) _plan.Truncate(RowCount);
        else RowCount++;
        return length;
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
        if (!_options.IgnoresParseErrors || _rows.IsOfQuery)
            throw new BadLineException(
                lineIndex, lineStart, _rows.ErrorOffset, trouble);
        _plan.Truncate(RowCount);
        SkippedLineCount++;
    }
}
