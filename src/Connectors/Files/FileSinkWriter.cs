using System.Buffers;
using Millrace.Connectors.Formats;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;

namespace Millrace.Connectors.Files;

/// <summary>
/// Writes rows as lines into files of the table's folder, a new file after each barrier. A file is written
/// under a hidden name, is closed and on the disk at the barrier, and gets its own name when the checkpoint
/// is complete: readers see whole files only, and each row once.
/// </summary>
/// <remarks>
/// An attempt never touches a file of another one but to commit what its checkpoint names, and to remove the
/// hidden files that those it replaces have left: no complete checkpoint names them, and whoever wakes up in
/// the middle of one can't commit it. docs/commits.md.
/// </remarks>
internal sealed class FileSinkWriter : ICommittingSinkWriter
{
    private const int BufferSizeBytes = 256 * 1024;

    private readonly TableSpec _table;
    private readonly string _path;
    private readonly SinkFolder _folder;
    private readonly ILineEncoder _encoder;
    private readonly PartName _name;
    private readonly ArrayBufferWriter<byte> _lines = new(BufferSizeBytes);
    private FileStream? _file;
    private int _number;

    public FileSinkWriter(TableSpec table, FileOptions options, ConnectorContext context)
    {
        _table = table;
        _path = Path.GetFullPath(options.Path);
        _folder = new SinkFolder(table.Name, _path);
        ITableFormat format = TableFormats.Of(table);
        _encoder = format.CreateEncoder(table);
        _name = new PartName(context, format.Name);
        Committer = new FilePartCommitter(table.Name);
    }

    public ICommitter Committer { get; }

    public void Recover(IReadOnlyList<Committable> restored)
    {
        HashSet<string> named = [.. restored.Select(c => FilePart.Of(c).Visible)];
        foreach (string hidden in _folder.Find(_name.HiddenPattern))
            if (_name.Replaces(hidden) && !named.Contains(_name.VisibleOf(hidden))) _folder.Delete(hidden);
    }

    public void Write(ColumnBatch batch)
    {
        for (int row = 0; row < batch.RowCount; row++)
        {
            if (batch.KindOf(row) != Shared.Types.ChangeKind.Insert)
                throw new MillraceException(
                    ErrorKind.Invalid, $"Table '{_table.Name}' of files takes no updates and deletes.");
            _encoder.Encode(batch, row, _lines);
            if (_lines.WrittenCount >= BufferSizeBytes) Flush();
        }
    }

    public void Flush()
    {
        if (_lines.WrittenCount == 0) return;
        _file ??= _folder.Create(_name.HiddenOf(_number));
        _folder.Append(_file, _lines.WrittenSpan);
        _lines.ResetWrittenCount();
    }

    public IReadOnlyList<Committable> PrepareCommit()
    {
        if (_file is null) return [];
        _folder.Close(_file);
        _file = null;
        var part = new FilePart(_path, _name.HiddenOf(_number), _name.VisibleOf(_number));
        _number++;
        return [part.ToCommittable()];
    }

    public Committable Keep(Committable prepared, CheckpointId savepoint)
    {
        FilePart part = FilePart.Of(prepared);
        if (PartName.IsKept(part.Hidden)) return prepared;
        string kept = PartName.KeptOf(part.Visible, savepoint);
        _folder.RenameIfThere(part.Hidden, kept);
        return (part with { Hidden = kept }).ToCommittable();
    }

    public void Dispose()
    {
        if (_file is not null) SinkFolder.Discard(_file);
        _file = null;
    }
}
