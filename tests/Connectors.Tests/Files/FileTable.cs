using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Millrace.Connectors.Files;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Metrics;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Tests.Files;

/// <summary>A table of files in a folder of its own, which goes when the test ends.</summary>
internal sealed class FileTable : IDisposable
{
    private readonly Dictionary<string, string> _options =
        new() { ["connector"] = "filesystem", ["format"] = "json" };
    private readonly List<MetadataColumn> _metadata = [];
    private readonly Schema _schema;

    public FileTable(params Field[] columns)
    {
        _schema = new Schema([.. columns]);
        Folder = Directory.CreateTempSubdirectory("millrace-files-").FullName;
        _options["path"] = Folder;
    }

    public string Folder { get; }

    public MetricGroup Metrics { get; } = new();

    public FileSystemConnector Connector { get; } = new();

    public TableSpec Spec =>
        new("events", _schema, [.. _metadata], [], _options.ToImmutableSortedDictionary());

    public ScanSpec Scan { get; set; } = new([], []);

    public ConnectorContext Context => new("job", "uid", 1, 0, 1, new FakeTimeProvider(), Metrics);

    public FileTable With(string option, string value)
    {
        _options[option] = value;
        return this;
    }

    public FileTable WithMetadata(string name, string key, LogicalType type)
    {
        _metadata.Add(new MetadataColumn(name, key, type));
        return this;
    }

    public FileTable File(string name, string text) => File(name, Encoding.UTF8.GetBytes(text));

    public FileTable File(string name, byte[] bytes)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, bytes);
        return this;
    }

    /// <summary>A scan of all columns, physical ones first.</summary>
    public ScanSpec ScanOfAll() => new(
        [
            .. _schema.Fields.Select((f, i) => (ScanColumn)new PhysicalScanColumn(i, f.Name, f.Type)),
            .. _metadata.Select((m, i) => new MetadataScanColumn(i, m.Name, m.Type)),
        ], []);

    public ISourceConnector Source() =>
        Connector.OpenSource(Spec, Scan.Columns.IsEmpty ? ScanOfAll() : Scan, Context);

    /// <summary>All rows of all splits, in order, each as text with | between its values.</summary>
    public List<string> ReadAll(int maxRows = ColumnBatch.MaxRows)
    {
        List<string> rows = [];
        using ISourceConnector source = Source();
        foreach (string split in source.Splits())
        {
            using ISplitReader reader = source.Open(split, null);
            while (reader.Read(maxRows, out ColumnBatch? batch) != SplitState.Ended) Take(batch!, rows);
        }
        return rows;
    }

    public static void Take(ColumnBatch batch, List<string> rows)
    {
        for (int row = 0; row < batch.RowCount; row++) rows.Add(RowText.Of(batch, row));
        batch.Release();
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
