using System.Collections.Immutable;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Metrics;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Tests.Jdbc;

internal static class Tables
{
    public static TableSpec Of(
        string url, Schema schema, ImmutableArray<int> key,
        params (string Key, string Value)[] options) => new(
            "t", schema, [], key,
            options.ToImmutableSortedDictionary(o => o.Key, o => o.Value)
                .Add("connector", "jdbc").Add("url", url).Add("table-name", "t"));

    public static ConnectorContext Context(TimeProvider? time = null) =>
        new("job", "uid", 1, 0, 1, time ?? TimeProvider.System, new MetricGroup());

    /// <param name="replaced">Null: the attempt replaces all subtasks.</param>
    public static ConnectorContext ContextOf(
        int attempt, int subtask, int parallelism = 4, IReadOnlyList<int>? replaced = null,
        string job = "job", TimeProvider? time = null, CancellationToken cancel = default) =>
        new(job, "uid", attempt, subtask, parallelism, time ?? TimeProvider.System, new MetricGroup())
        {
            ReplacedSubtasks = replaced,
            Cancel = cancel,
        };

    public static Schema SchemaOf(params (string Name, LogicalType Type)[] fields) =>
        new([.. fields.Select(f => new Field(f.Name, f.Type))]);

    public static Column Longs(params long?[] values) => Fixed(values);

    public static Column Fixed<T>(params T?[] values) where T : unmanaged
    {
        var builder = new FixedColumnBuilder<T>(values.Length);
        foreach (T? value in values)
            if (value is { } v) builder.Append(v);
            else builder.AppendNull();
        return builder.Build();
    }

    public static ColumnBatch Batch(params Column[] columns) => new(columns, columns[0].Count);

    public static ColumnBatch Batch(ChangeKind[] kinds, params Column[] columns) =>
        new(columns, columns[0].Count, kinds);
}
