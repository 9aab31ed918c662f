using System.Buffers;
using System.Collections.Immutable;
using Millrace.Operators.Expressions;
using Millrace.Operators.Rows;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Expressions;
using Millrace.Shared.Metrics;
using Millrace.Shared.State;

namespace Millrace.Operators.Lookups;

/// <summary>
/// The lookup join: probes the cache with a whole batch at once. A batch whose keys are all cached goes out
/// within the call, without I/O and without an allocation a row. Otherwise the keys that nobody has asked for
/// yet are fetched, distinct and many at a time, and the batch waits; batches leave in the order in which
/// they came, so one that is complete waits behind one that is not.
/// </summary>
/// <remarks>
/// There is no state: what waits lies before a barrier, which waits behind it (<see cref="IAsyncOperator"/>),
/// and a cache starts cold.
/// </remarks>
internal sealed class LookupJoinOperator : IAsyncOperator
{
    private readonly LookupJoinPlan _plan;
    private readonly Queue<Pending> _pending = new();
    private readonly List<int> _coldRows = [];
    private readonly LookupKeys _keys;
    private readonly RowStore _rows;
    private readonly LookupCache _cache;
    private int _pendingRows;
    private OperatorContext _context = null!;
    private IBatchOutput _output = null!;
    private LookupLoader _loader = null!;
    private JoinedRows _joined = null!;
    private Action<ColumnBatch> _emit = null!;
    private Counter _hits = null!;
    private Counter _misses = null!;
    private ImmutableArray<Evaluator?> _keyEvaluators;

    public LookupJoinOperator(LookupJoinPlan plan)
    {
        _plan = plan;
        _keys = LookupKeys.For([.. plan.Keys.Select(k => k.Type)]);
        _rows = new RowStore(plan.Lookup.OutputColumns.Select(c => plan.Table.Physical[c].Type));
        _cache = new LookupCache(plan.Cache, _keys, _rows);
    }

    public bool HasPending => _pending.Count > 0;

    /// <summary>
    /// Two batches are enough to fetch for one while the next is read, and few enough that a barrier, which
    /// waits behind them, waits for no more than their keys.
    /// </summary>
    public bool IsFull => _pendingRows >= Math.Max(_plan.Capacity, 2 * ColumnBatch.MaxRows);

    public void Open(OperatorContext context, IBatchOutput output)
    {
        _context = context;
        _output = output;
        _emit = output.Emit;
        var evaluation = new EvaluationContext(context.Time, context.TimeZone);
        _keyEvaluators = [.. _plan.Keys.Select(k => k is InputRef ? null : Evaluator.Compile(k, evaluation))];
        Evaluator? condition = _plan.Condition is null
            ? null : Evaluator.Compile(_plan.Condition, evaluation);
        _joined = new JoinedRows(_rows, _cache, _plan.IsLeftOuter, condition);
        _hits = context.Metrics.Counter("hitCount");
        _misses = context.Metrics.Counter("missCount");
        context.Metrics.Gauge("numCachedRecords", () => _cache.CachedCount);
        ILookup lookup = context.Connectors.Find(_plan.Table)
            .OpenLookup(_plan.Table, _plan.Lookup, context.ForConnector());
        _loader = new LookupLoader(lookup, _plan, context, OnAnswer);
    }

    public void Restore(IStateReader state)
    {
    }

    public void Process(int input, ColumnBatch batch)
    {
        int count = batch.RowCount;
        if (count == 0) return;
        Column[] keys = EvaluateKeys(batch);
        _keys.Set(keys, count);
        int[] entries = ArrayPool<int>.Shared.Rent(count);
        _coldRows.Clear();
        bool isLoaded = _cache.Probe(entries.AsSpan(0, count), _coldRows, NowMs());
        CountHits(entries.AsSpan(0, count));
        if (isLoaded && !HasPending)
        {
            _joined.Join(batch, entries.AsSpan(0, count), _emit);
            ArrayPool<int>.Shared.Return(entries);
        }
        else
        {
            _cache.Pin(entries.AsSpan(0, count));
            _pending.Enqueue(new Pending(batch.Retain(), entries));
            _pendingRows += count;
            FetchCold(keys, entries);
        }
        foreach (Column key in keys) key.Release();
    }

    public Watermark OnWatermark(Watermark watermark) => watermark;

    public void EndOfInput(int input)
    {
    }

    public void BeforeBarrier(Barrier barrier)
    {
    }

    public IStateSnapshot? Snapshot(CheckpointId checkpoint) => null;

    public void OnCheckpointComplete(CheckpointId checkpoint)
    {
    }

    public void AfterPending(Action action)
    {
        if (HasPending) _pending.Enqueue(new Pending(action));
        else action();
    }

    public void Dispose() => _loader?.Dispose();

    private long NowMs() => _context.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private Column[] EvaluateKeys(ColumnBatch batch)
    {
        var keys = new Column[_plan.Keys.Length];
        for (int k = 0; k < keys.Length; k++)
            keys[k] = _keyEvaluators[k]?.Evaluate(batch)
                ?? batch.Columns[((InputRef)_plan.Keys[k]).Index].Retain();
        return keys;
    }

    private void CountHits(ReadOnlySpan<int> entries)
    {
        int asked = entries.Length - entries.Count(LookupCache.None);
        _hits.Add(asked - _coldRows.Count);
        _misses.Add(_coldRows.Count);
    }

    private void FetchCold(Column[] keys, int[] entries)
    {
        for (int start = 0; start < _coldRows.Count; start += _loader.MaxKeys)
        {
            int[] rows = [.. _coldRows.Skip(start).Take(_loader.MaxKeys)];
            var batch = new ColumnBatch([.. keys.Select(k => k.Gather(rows))], rows.Length);
            int[] asked = [.. rows.Select(row => entries[row])];
            if (_plan.Cache is null)
                foreach (int entry in asked) _cache.Forget(entry);
            _loader.Start(new LookupRequest(batch, asked, 0));
        }
    }

    private void OnAnswer(LookupRequest request, LookupResult result)
    {
        for (int i = result.KeyRows.Length - 1; i >= 0; i--)
            _cache.AddRow(request.Entries[result.KeyRows[i]], result.Rows, i);
        result.Rows.Release();
        List<int> missing = [];
        long now = NowMs();
        for (int key = 0; key < request.Entries.Length; key++)
        {
            int entry = request.Entries[key];
            if (CanRetry(request) && _cache.FirstRow(entry) == RowStore.None) missing.Add(key);
            else _cache.Load(entry, now);
        }
        if (missing.Count > 0) RetryLater(request, [.. missing]);
        request.Keys.Release();
        Drain();
    }

    private bool CanRetry(LookupRequest request) =>
        _plan.Retry is { } retry && request.Attempt < retry.MaxAttempts;

    private void RetryLater(LookupRequest request, int[] keys)
    {
        var again = new LookupRequest(
            request.Keys.Gather(keys), [.. keys.Select(k => request.Entries[k])], request.Attempt + 1);
        _context.Mailbox.Schedule(
            TimeSpan.FromMilliseconds(_plan.Retry!.FixedDelayMs), () => _loader.Start(again));
    }

    /// <summary>Emits from the front what is complete.</summary>
    private void Drain()
    {
        while (_pending.TryPeek(out Pending? first) && first.IsReady(_cache))
        {
            _pending.Dequeue();
            if (first.Action is { } action) action();
            else Emit(first);
        }
    }

    private void Emit(Pending pending)
    {
        ColumnBatch batch = pending.Batch!;
        _pendingRows -= batch.RowCount;
        ReadOnlySpan<int> entries = pending.Entries.AsSpan(0, batch.RowCount);
        _joined.Join(batch, entries, _emit);
        _cache.Unpin(entries);
        ArrayPool<int>.Shared.Return(pending.Entries);
        batch.Release();
    }

    /// <summary>
    /// A batch that waits for its keys, or an action that waits behind the batches before it.
    /// </summary>
    private sealed class Pending
    {
        private int _checked;

        public Pending(ColumnBatch batch, int[] entries)
        {
            Batch = batch;
            Entries = entries;
        }

        public Pending(Action action) => Action = action;

        public ColumnBatch? Batch { get; }

        public int[] Entries { get; } = [];

        public Action? Action { get; }

        /// <summary>
        /// Whether all keys are loaded. A pinned entry stays loaded, so each is looked at once.
        /// </summary>
        public bool IsReady(LookupCache cache)
        {
            if (Batch is null) return true;
            while (_checked < Batch.RowCount && cache.IsLoaded(Entries[_checked])) _checked++;
            return _checked == Batch.RowCount;
        }
    }
}
