using System.Buffers;
using Millrace.Connectors.Formats;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;

namespace Millrace.Connectors.Files;

/// <summary>
/// Writes rows as lines into files of the table's folder, a new file after each flush. A file is written
/// under a hidden name and gets its own by a rename at the flush, so that readers never see a part of one.
/// </summary>
/// <remarks>
/// At least once: what was flushed for a checkpoint that then did not complete is written again, into another
/// file, after the restart. An attempt never touches a file of another one but to remove what those that it
/// replaces left unfinished: one of them that wakes in the middle of a file can't finish it any more.
/// </remarks>
internal sealed class FileSinkWriter : ISinkWriter
{
    private const int BufferSizeBytes = 256 * 1024;

    private readonly TableSpec _table;
    private readonly string _folder;
    private readonly ILineEncoder _encoder;
    private readonly PartName _name;
    private readonly ArrayBufferWriter<byte> _lines = new(BufferSizeBytes);
    private FileStream? _file;
    private int _number;

    public FileSinkWriter(TableSpec table, FileOptions options, ConnectorContext context)
    {
        _table = table;
        _folder = Path.GetFullPath(options.Path);
        ITableFormat format = TableFormats.Of(table);
        _encoder = format.CreateEncoder(table);
        _name = new PartName(context, format.Name);
        RemoveUnfinished();
    }

    public void Write(ColumnBatch batch)
    {
        for (int row = 0; row < batch.RowCount; row++)
        {
            if (batch.KindOf(row) != Shared.Types.ChangeKind.Insert)
                throw new MillraceException(
                    ErrorKind.Invalid, $"Table '{_table.Name}' of files takes no updates and deletes.");
            _encoder.Encode(batch, row, _lines);
            if (_lines.WrittenCount >= BufferSizeBytes) Spill();
        }
    }

    public void Flush()
    {
        Spill();
        if (_file is null) return;
        string written = _file.Name;
        Act(() =>
        {
            _file.Flush(flushToDisk: true);
            _file.Dispose();
            File.Move(written, Path.Combine(_folder, PartName.VisibleOf(Path.GetFileName(written))));
        });
        _file = null;
        _number++;
    }

    public void Dispose()
    {
        if (_file is null) return;
        _file.Dispose();
        File.Delete(_file.Name);
        _file = null;
    }

    private void Spill()
    {
        if (_lines.WrittenCount == 0) return;
        Act(() =>
        {
            _file ??= Create();
            _file.Write(_lines.WrittenSpan);
        });
        _lines.ResetWrittenCount();
    }

    private FileStream Create()
    {
        Directory.CreateDirectory(_folder);
        return new FileStream(
            Path.Combine(_folder, _name.HiddenOf(_number)), FileMode.CreateNew, FileAccess.Write,
            FileShare.Read, 0);
    }

    private void RemoveUnfinished()
    {
        if (!Directory.Exists(_folder)) return;
        Act(() =>
        {
            foreach (string file in Directory.GetFiles(_folder, _name.HiddenPattern))
                if (_name.Replaces(Path.GetFileName(file))) File.Delete(file);
        });
    }

    private void Act(Action action)
    {
        try
        {
            action();
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new MillraceException(ErrorKind.Unavailable,
                $"Table '{_table.Name}': the folder '{_folder}' cannot be written: {trouble.Message}",
                    trouble);
        }
    }
}
