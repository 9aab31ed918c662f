using Millrace.Shared.Connect;
using Millrace.Shared.Errors;

namespace Millrace.Connectors.Files;

/// <summary>
/// The files of a table, each a split. A split's name is its path below the folder, so that positions stay
/// good when the folder is moved.
/// </summary>
internal sealed class FileSource(
    TableSpec table, ScanSpec scan, FileOptions options, ConnectorContext context)
    : ISourceConnector
{
    private readonly string _path = Path.GetFullPath(options.Path);

    public IReadOnlyList<string> Splits()
    {
        if (File.Exists(_path)) return [Path.GetFileName(_path)];
        if (!Directory.Exists(_path))
            throw new MillraceException(
                ErrorKind.Invalid, $"Table '{table.Name}': there is no file or folder '{_path}'.");
        List<string> splits = [];
        Collect(new DirectoryInfo(_path), splits);
        splits.Sort(string.CompareOrdinal);
        return splits;
    }

    public ISplitReader Open(string split, byte[]? position)
    {
        string path = File.Exists(_path) ? _path : Path.Combine(_path, split);
        return new FileSplitReader(table, scan, path, FilePosition.Of(position), context);
    }

    public void Dispose()
    {
    }

    private void Collect(DirectoryInfo folder, List<string> splits)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
        {
            // As everywhere in Flink's world: such names are hidden or not finished.
            if (entry.Name[0] is '.' or '_') continue;
            if (entry is DirectoryInfo inner) Collect(inner, splits);
            else if (options.Pattern is null || options.Pattern.IsMatch(entry.FullName))
                splits.Add(Path.GetRelativePath(_path, entry.FullName).Replace('\\', '/'));
        }
    }
}
