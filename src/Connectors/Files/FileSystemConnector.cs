using Millrace.Connectors.Formats;
using Millrace.Connectors.Options;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Files;

/// <summary>
/// The connector <c>filesystem</c>: a local file, or a folder whose files are the partitions of a topic. As a
/// source it is bounded: it reads what the files hold. As a sink it takes inserts and adds files to the
/// folder.
/// </summary>
public sealed class FileSystemConnector : IConnector
{
    public string Name => "filesystem";

    public TableAbilities Check(TableSpec table)
    {
        var options = new OptionReader(table);
        FileOptions.Read(options);
        ITableFormat format = TableFormats.Find(table, options);
        options.End();
        foreach (MetadataColumn column in table.Metadata) FileMetadata.Check(column, options);
        return new TableAbilities(
            CanScan: true, CanSink: true, DecodesJsonFields: format.DecodesJsonFields,
            CommitsAtCheckpoints: true, MetadataKeys: FileMetadata.Keys);
    }

    public TableSpec Locate(TableSpec table, string folder) =>
        table.Option("path") is { Length: > 0 } path && FileOptions.IsLocal(path)
            ? table.WithOption("path", Path.GetFullPath(path, folder))
            : table;

    public ISourceConnector OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context) =>
        new FileSource(table, scan, FileOptions.Read(new OptionReader(table)), context);

    public ISinkWriter OpenSink(TableSpec table, ConnectorContext context) =>
        new FileSinkWriter(table, FileOptions.Read(new OptionReader(table)), context);

    public ILookup OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context) =>
        throw new MillraceException(ErrorKind.Invalid,
            $"Table '{table.Name}' is made of files, which cannot be looked up by key; "
            + "use a table of the connector 'jdbc'.");
}
