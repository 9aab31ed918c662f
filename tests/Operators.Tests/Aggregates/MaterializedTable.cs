using Millrace.Operators.Tests.Harness;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Operators.Tests.Aggregates;

/// <summary>
/// Applies a keyed changelog; fails on one that is not well formed: +I of a key that is there, -U or -D of a
/// row that is not there, +U of a new key. Without -U rows a +U may replace any row of its key.
/// </summary>
internal sealed class MaterializedTable(bool hasUpdateBefore) : IBatchOutput
{
    private string? _pending;

    public SortedDictionary<string, string> Rows { get; } = new(StringComparer.Ordinal);

    public int RowCount { get; private set; }

    public void Emit(ColumnBatch batch)
    {
        Assert.InRange(batch.RowCount, 1, ColumnBatch.MaxRows);
        for (int row = 0; row < batch.RowCount; row++)
        {
            string key = RowText.Of(batch.Columns[0], row);
            string value = string.Join('|', batch.Columns.Skip(1).Select(c => RowText.Of(c, row)));
            Apply(batch.KindOf(row), key, value);
            RowCount++;
        }
    }

    private void Apply(ChangeKind kind, string key, string value)
    {
        switch (kind)
        {
            case ChangeKind.Insert:
                Assert.True(Rows.TryAdd(key, value), $"+I of {key}, which is there");
                break;
            case ChangeKind.Delete:
                Assert.Equal(Assert.Contains(key, (IDictionary<string, string>)Rows), value);
                Rows.Remove(key);
                break;
            case ChangeKind.UpdateBefore:
                Assert.True(hasUpdateBefore);
                Assert.Equal(Assert.Contains(key, (IDictionary<string, string>)Rows), value);
                _pending = key;
                break;
            default:
                Assert.True(hasUpdateBefore ? _pending == key : Rows.ContainsKey(key),
                    $"+U of {key} comes from nothing");
                _pending = null;
                Rows[key] = value;
                break;
        }
    }
}
