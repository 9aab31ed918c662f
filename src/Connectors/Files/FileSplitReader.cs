using System.IO.Compression;
using Millrace.Connectors.Formats;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Metrics;

namespace Millrace.Connectors.Files;

/// <summary>Reads the lines of one file, decompressing <c>.gz</c>, from a position to the end.</summary>
internal sealed class FileSplitReader : ISplitReader
{
    /// <summary>
    /// The longest line; a longer one is refused, so that a file without line ends cannot eat the memory.
    /// </summary>
    internal const int LineLimitBytes = 64 * 1024 * 1024;

    /// <summary>A call gives up looking for rows after so many bytes and returns what it has.</summary>
    private const long BytesPerCall = 16L * 1024 * 1024;

    private readonly TableSpec _table;
    private readonly ScanSpec _scan;
    private readonly string _path;
    private readonly FileMetadata _metadata;
    private readonly Counter _skippedLines;
    private readonly bool _isCompressed;
    private readonly LineDecoder _decoder;
    private readonly LineBuffer _lines;
    private readonly FileStream _file;
    private FilePosition _position;

    public FileSplitReader(
        TableSpec table, ScanSpec scan, string path, FilePosition position, ConnectorContext context)
    {
        _table = table;
        _scan = scan;
        _path = path;
        _metadata = new FileMetadata(path);
        _skippedLines = context.Metrics.Counter("numRecordsInErrors");
        _isCompressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        _decoder = TableFormats.Of(table).CreateDecoder(table, scan);
        _position = position;
        _file = Open();
        _lines = new LineBuffer(
            _isCompressed ? new GZipStream(_file, CompressionMode.Decompress) : _file, LineLimitBytes);
        Skip(position.Offset);
    }

    public byte[] Position => _position.ToBytes();

    public long RemainingBytes => _isCompressed
        ? _file.Length - _file.Position + _lines.End - _lines.Start
        : _file.Length - _position.Offset;

    public SplitState Read(int maxRows, out ColumnBatch? batch)
    {
        long skipped = _decoder.SkippedLineCount;
        bool isEnded = !Decode(Math.Min(maxRows, ColumnBatch.MaxRows));
        if (_decoder.SkippedLineCount > skipped) _skippedLines.Add(_decoder.SkippedLineCount - skipped);
        batch = _decoder.RowCount > 0 || !isEnded ? Build() : null;
        return batch is null ? SplitState.Ended : SplitState.HasRows;
    }

    public void Dispose() => _lines.Dispose();

    /// <returns>False at the end of the file.</returns>
    private bool Decode(int maxRows)
    {
        long taken = 0;
        while (true)
        {
            taken += Take(maxRows);
            if (_decoder.RowCount >= maxRows || taken > BytesPerCall) return true;
            if (!Fill()) return false;
        }
    }

    private int Take(int maxRows)
    {
        try
        {
            DecodeStep step = _decoder.Decode(_lines.Bytes, _lines.Start, _lines.End, maxRows);
            _lines.Take(step.Bytes);
            // The line feed that the buffer added at the end is not in the file.
            bool isPastEnd = _lines.AddedLineEnd && _lines.Start == _lines.End && step.Bytes > 0;
            _position = new FilePosition(
                _position.Offset + step.Bytes - (isPastEnd ? 1 : 0), _position.Line + step.Lines);
            return step.Bytes;
        }
        catch (BadLineException bad)
        {
            throw Invalid(bad.LineIndex, bad.LineStart + bad.Offset, bad.Message, bad);
        }
    }

    private bool Fill()
    {
        try
        {
            switch (_lines.Fill())
            {
                case LineBufferFill.More: return true;
                case LineBufferFill.LineTooLong:
                    throw Invalid(
                        0, 0, $"the line is longer than {LineLimitBytes} bytes");
                default:
                    if (_lines.Start < _lines.End) throw Invalid(0, 0, "the file ends inside quotes");
                    return false;
            }
        }
        catch (InvalidDataException damaged)
        {
            throw Invalid(
                0, _lines.End - _lines.Start, "the gzip file is damaged or cut off behind this", damaged);
        }
        catch (IOException trouble)
        {
            throw new MillraceException(ErrorKind.Unavailable,
                $"Table '{_table.Name}': the file '{_path}' cannot be read: {trouble.Message}", trouble);
        }
    }

    private FileStream Open()
    {
        try
        {
            return new FileStream(_path, FileMode.Open, FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete, 0, FileOptions());
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new MillraceException(ErrorKind.Invalid,
                $"Table '{_table.Name}': the file '{_path}' cannot be opened: {trouble.Message}", trouble);
        }

        static System.IO.FileOptions FileOptions() => System.IO.FileOptions.SequentialScan;
    }

    private void Skip(long offset)
    {
        if (!_isCompressed)
        {
            if (offset > _file.Length)
                throw new MillraceException(ErrorKind.Invalid,
                    $"Table '{_table.Name}': the file '{_path}' has {_file.Length} bytes, "
                    + $"but was read up to byte {offset} before.");
            _file.Position = offset;
            return;
        }
        long left = offset;
        while (left > 0 && Fill())
        {
            int count = (int)Math.Min(left, _lines.End - _lines.Start);
            _lines.Take(count);
            left -= count;
        }
    }

    private ColumnBatch Build()
    {
        int rows = _decoder.RowCount;
        Column?[] columns = _decoder.Build();
        for (int i = 0; i < columns.Length; i++)
            if (_scan.Columns[i] is MetadataScanColumn metadata)
                columns[i] = _metadata.Constant(_table.Metadata[metadata.Index], rows);
        return new ColumnBatch(columns!, rows);
    }

    private MillraceException Invalid(int lines, long bytes, string reason, Exception? cause = null) =>
        new(ErrorKind.Invalid,
            $"Table '{_table.Name}': file '{_path}', line {_position.Line + lines + 1}, "
            + $"byte {_position.Offset + bytes}: {reason}.",
            cause);
}
