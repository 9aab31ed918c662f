using System.Collections.Immutable;
using System.Numerics;
using Millrace.Shared.Columns;
using Millrace.Shared.Keys;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Jdbc;

/// <summary>
/// The rows that a sink has buffered. With a primary key only the last change of each key counts: what came
/// before it would be overwritten in the same transaction.
/// </summary>
internal sealed class SinkChanges
{
    private readonly ImmutableArray<int> _key;
    private readonly List<ColumnBatch> _batches = [];
    private (int Batch, int Row)[] _changes = new (int, int)[1024];
    private int[] _next = new int[1024];
    private int[] _hashes = new int[ColumnBatch.MaxRows];
    private int[] _buckets = [];

    /// <param name="key">The primary key's columns; empty for none, then every row is inserted.</param>
    public SinkChanges(ImmutableArray<int> key) => _key = key;

    /// <summary>Rows taken since the last <see cref="Clear"/>.</summary>
    public int BufferedRows { get; private set; }

    /// <summary>Changes left after <see cref="Reduce"/>.</summary>
    public int Count { get; private set; }

    public void Add(ColumnBatch batch)
    {
        if (batch.RowCount == 0) return;
        _batches.Add(batch.Retain());
        BufferedRows += batch.RowCount;
    }

    public ColumnBatch BatchOf(int change) => _batches[_changes[change].Batch];

    public int RowOf(int change) => _changes[change].Row;

    /// <summary>Whether the row is to be there afterwards; else it is to be gone.</summary>
    public bool IsAddition(int change) => BatchOf(change).KindOf(RowOf(change)).IsAddition();

    /// <summary>Works out the changes, in the order in which their keys came first.</summary>
    public void Reduce()
    {
        Count = 0;
        if (_changes.Length < BufferedRows)
        {
            Array.Resize(ref _changes, BufferedRows);
            Array.Resize(ref _next, BufferedRows);
        }
        if (_key.IsEmpty) TakeAll();
        else TakeLast();
    }

    public void Clear()
    {
        foreach (ColumnBatch batch in _batches) batch.Release();
        _batches.Clear();
        BufferedRows = 0;
        Count = 0;
    }

    private void TakeAll()
    {
        for (int b = 0; b < _batches.Count; b++)
            for (int row = 0; row < _batches[b].RowCount; row++) _changes[Count++] = (b, row);
    }

    private void TakeLast()
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, BufferedRows));
        if (_buckets.Length < size) _buckets = new int[size];
        Array.Fill(_buckets, -1);
        var key = new Column[_key.Length];
        for (int b = 0; b < _batches.Count; b++)
        {
            ColumnBatch batch = _batches[b];
            for (int k = 0; k < key.Length; k++) key[k] = batch.Columns[_key[k]];
            if (_hashes.Length < batch.RowCount) _hashes = new int[batch.RowCount];
            KeyHasher.Hash(key, _hashes.AsSpan(0, batch.RowCount));
            for (int row = 0; row < batch.RowCount; row++) Take(b, row, _hashes[row]);
        }
    }

    private void Take(int batch, int row, int hash)
    {
        ref int bucket = ref _buckets[hash & (_buckets.Length - 1)];
        for (int change = bucket; change >= 0; change = _next[change])
        {
            if (!IsSameKey(change, batch, row)) continue;
            _changes[change] = (batch, row);
            return;
        }
        _next[Count] = bucket;
        bucket = Count;
        _changes[Count++] = (batch, row);
    }

    private bool IsSameKey(int change, int batch, int row)
    {
        Column[] left = BatchOf(change).Columns;
        Column[] right = _batches[batch].Columns;
        foreach (int column in _key)
            if (!AreEqual(left[column], RowOf(change), right[column], row)) return false;
        return true;
    }

    private static bool AreEqual(Column left, int leftRow, Column right, int rightRow)
    {
        if (left.IsNull(leftRow) || right.IsNull(rightRow))
            return left.IsNull(leftRow) == right.IsNull(rightRow);
        return left switch
        {
            FixedColumn<long> l => l[leftRow] == ((FixedColumn<long>)right)[rightRow],
            BytesColumn l => l[leftRow].SequenceEqual(((BytesColumn)right)[rightRow]),
            FixedColumn<int> l => l[leftRow] == ((FixedColumn<int>)right)[rightRow],
            FixedColumn<short> l => l[leftRow] == ((FixedColumn<short>)right)[rightRow],
            FixedColumn<sbyte> l => l[leftRow] == ((FixedColumn<sbyte>)right)[rightRow],
            FixedColumn<bool> l => l[leftRow] == ((FixedColumn<bool>)right)[rightRow],
            FixedColumn<Int128> l => l[leftRow] == ((FixedColumn<Int128>)right)[rightRow],
            FixedColumn<double> l => l[leftRow].Equals(((FixedColumn<double>)right)[rightRow]),
            FixedColumn<float> l => l[leftRow].Equals(((FixedColumn<float>)right)[rightRow]),
            _ => false,
        };
    }
}
