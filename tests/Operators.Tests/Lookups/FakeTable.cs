using Millrace.Operators.Tests.Harness;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;

namespace Millrace.Operators.Tests.Lookups;

/// <summary>
/// A dimension table (id BIGINT, name STRING) in memory. Answers at once, unless <see cref="Hold"/> is on:
/// then each call waits until the test releases it, in any order.
/// </summary>
internal sealed class FakeTable : IConnector, IConnectorRegistry
{
    public string Name => "fake";

    public Dictionary<string, List<(long? Id, string? Value)>> Rows { get; } = [];

    /// <summary>The keys of each call, as text.</summary>
    public List<string[]> Calls { get; } = [];

    public bool Hold { get; set; }

    public Exception? Failure { get; set; }

    public int MaxKeys { get; set; } = 100;

    public List<Action> Held { get; } = [];

    public void Put(long key, params string?[] values) =>
        Rows[$"{key}"] = [.. values.Select(v => ((long?)key, v))];

    public void Put(string key, params string?[] values) =>
        Rows[key] = [.. values.Select(v => ((long?)null, v))];

    public IConnector Find(TableSpec table) => this;

    public TableAbilities Check(TableSpec table) => new(CanLookup: true);

    public ISourceConnector OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context) =>
        throw new NotSupportedException();

    public ISinkWriter OpenSink(TableSpec table, ConnectorContext context) =>
        throw new NotSupportedException();

    public ILookup OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context) =>
        new Lookup(this);

    private sealed class Lookup(FakeTable table) : ILookup
    {
        public int MaxKeys => table.MaxKeys;

        public Task<LookupResult> LookupAsync(ColumnBatch keys, CancellationToken cancel)
        {
            table.Calls.Add([.. Enumerable.Range(0, keys.RowCount).Select(r => KeyText(keys, r))]);
            if (table.Failure is { } failure) return Task.FromException<LookupResult>(failure);
            if (!table.Hold) return Task.FromResult(Answer(keys));
            var task = new TaskCompletionSource<LookupResult>();
            table.Held.Add(() => task.SetResult(Answer(keys)));
            return task.Task;
        }

        public void Dispose()
        {
        }

        private static string KeyText(ColumnBatch keys, int row) =>
            string.Join(',', keys.Columns.Select(c => RowText.Of(c, row)));

        private LookupResult Answer(ColumnBatch keys)
        {
            var builder = new BatchBuilder(Schema.Of(
                new Field("id", LogicalType.BigInt), new Field("name", LogicalType.String)));
            List<int> keyRows = [];
            for (int row = 0; row < keys.RowCount; row++)
            {
                foreach ((long? id, string? value) in table.Rows.GetValueOrDefault(KeyText(keys, row)) ?? [])
                {
                    if (id is { } number) ((FixedColumnBuilder<long>)builder.Columns[0]).Append(number);
                    else builder.Columns[0].AppendNull();
                    if (value is null) builder.Columns[1].AppendNull();
                    else ((BytesColumnBuilder)builder.Columns[1])
                        .Append(System.Text.Encoding.UTF8.GetBytes(value));
                    builder.EndRow();
                    keyRows.Add(row);
                }
            }
            return new LookupResult(builder.Build(), [.. keyRows]);
        }
    }
}
