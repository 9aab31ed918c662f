using System.Collections.Immutable;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using Millrace.Operators.Lookups;
using Millrace.Operators.Tests.Harness;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Operators.Tests.Lookups;

public sealed class LookupJoinOperatorTests
{
    private static readonly LookupCacheOptions Cache = new(1000, 0, 0, CachesMissing: true);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeTable _table = new();
    private readonly CollectedOutput _output = new();
    private readonly TestMailbox _mailbox;
    private OperatorContext _context;

    public LookupJoinOperatorTests()
    {
        _mailbox = new TestMailbox(_time);
        _context = TestContexts.Create(_mailbox, _time, _table);
        _table.Put(1, "one");
        _table.Put(2, "two", "zwei");
    }

    [Fact]
    public void An_inner_join_gives_a_row_a_match_and_drops_missing_and_null_keys()
    {
        Run(Plan(), Batch(2, 9, null, 1));
        Assert.Equal(["+I 2|2|two", "+I 2|2|zwei", "+I 1|1|one"], _output.Rows);
        Assert.Equal([["2", "9", "1"]], _table.Calls);
    }

    [Fact]
    public void A_left_join_pads_missing_and_null_keys()
    {
        Run(Plan(isLeft: true), Batch(9, null, 1));
        Assert.Equal(["+I 9|NULL|NULL", "+I NULL|NULL|NULL", "+I 1|1|one"], _output.Rows);
    }

    [Fact]
    public void Change_kinds_go_through()
    {
        ColumnBatch batch = Batch(1, 2);
        Run(Plan(), new ColumnBatch(batch.Columns, 2, [ChangeKind.Delete, ChangeKind.UpdateAfter]));
        Assert.Equal(["-D 1|1|one", "+U 2|2|two", "+U 2|2|zwei"], _output.Rows);
    }

    [Fact]
    public void Batches_leave_in_order_although_answers_come_in_another()
    {
        _table.Hold = true;
        using LookupJoinOperator join = Open(Plan());
        join.Process(0, Batch(1));
        join.Process(0, Batch(2, 1));
        join.Process(0, Batch(1));
        bool isPassed = false;
        join.AfterPending(() => isPassed = true);
        Assert.Equal([["1"], ["2"]], _table.Calls);
        _table.Held[1]();
        _mailbox.RunPosted();
        Assert.Empty(_output.Rows);
        _table.Held[0]();
        _mailbox.RunUntil(() => !join.HasPending);
        Assert.Equal(["+I 1|1|one", "+I 2|2|two", "+I 2|2|zwei", "+I 1|1|one", "+I 1|1|one"], _output.Rows);
        Assert.True(isPassed);
    }

    [Fact]
    public void An_operator_that_holds_two_whole_batches_says_that_it_is_full()
    {
        _table.Hold = true;
        using LookupJoinOperator join = Open(Plan() with { Capacity = 2 });
        join.Process(0, Batch(1, 2, 3));
        Assert.False(join.IsFull);
        join.Process(
            0, Batch([.. Enumerable.Range(0, (2 * ColumnBatch.MaxRows) - 3).Select(i => (long?)(i % 5))]));
        Assert.True(join.IsFull);
    }

    [Fact]
    public void Many_keys_are_asked_for_in_calls_of_the_most_that_the_table_takes()
    {
        _table.MaxKeys = 2;
        Run(Plan(), Batch(1, 2, 3, 1, 4, 5));
        Assert.Equal([["1", "2"], ["3", "4"], ["5"]], _table.Calls);
    }

    [Fact]
    public void A_cached_key_and_a_cached_missing_key_are_not_asked_for_again()
    {
        Run(Plan(), Batch(1, 9), Batch(9, 1), Batch(2));
        Assert.Equal([["1", "9"], ["2"]], _table.Calls);
        Assert.Equal(2, Metric("hitCount"));
        Assert.Equal(3, Metric("missCount"));
        Assert.Equal(2, Metric("loadCount"));
        Assert.Equal(3, Metric("numCachedRecords"));
    }

    [Fact]
    public void Missing_keys_are_asked_for_again_when_they_are_not_to_be_cached()
    {
        Run(Plan(Cache with { CachesMissing = false }), Batch(1, 9), Batch(9, 1));
        Assert.Equal([["1", "9"], ["9"]], _table.Calls);
    }

    [Fact]
    public void Without_a_cache_every_batch_asks()
    {
        Run(Plan() with { Cache = null }, Batch(1, 1), Batch(1));
        Assert.Equal([["1"], ["1"]], _table.Calls);
        Assert.Equal(0, Metric("numCachedRecords"));
    }

    [Fact]
    public void The_key_used_longest_ago_is_evicted()
    {
        Run(Plan(Cache with { MaxRows = 2 }), Batch(1), Batch(2), Batch(1), Batch(3), Batch(1), Batch(2));
        Assert.Equal([["1"], ["2"], ["3"], ["2"]], _table.Calls);
        Assert.Equal(2, Metric("numCachedRecords"));
    }

    [Fact]
    public void A_batch_larger_than_the_cache_is_joined()
    {
        Run(Plan(Cache with { MaxRows = 1 }), Batch(2, 1, 2));
        Assert.Equal(["+I 2|2|two", "+I 2|2|zwei", "+I 1|1|one", "+I 2|2|two", "+I 2|2|zwei"], _output.Rows);
    }

    [Fact]
    public void A_key_expires_after_it_was_written_although_it_is_used()
    {
        using LookupJoinOperator join = Open(Plan(Cache with { ExpireAfterWriteMs = 100 }));
        foreach (int wait in (int[])[0, 60, 40])
        {
            _time.Advance(TimeSpan.FromMilliseconds(wait));
            Feed(join, Batch(1));
        }
        Assert.Equal([["1"], ["1"]], _table.Calls);
    }

    [Fact]
    public void A_key_that_is_used_does_not_expire_after_access()
    {
        using LookupJoinOperator join = Open(Plan(Cache with { ExpireAfterAccessMs = 100 }));
        foreach (int wait in (int[])[0, 60, 60, 100])
        {
            _time.Advance(TimeSpan.FromMilliseconds(wait));
            Feed(join, Batch(1));
        }
        Assert.Equal([["1"], ["1"]], _table.Calls);
    }

    [Fact]
    public void A_missing_key_is_asked_for_again_as_the_hint_says()
    {
        using LookupJoinOperator join = Open(Plan() with { Retry = new LookupRetry(2, 50) });
        join.Process(0, Batch(1, 9));
        _mailbox.RunUntil(() => _table.Calls.Count == 1);
        _mailbox.RunPosted();
        Assert.True(join.HasPending);
        _table.Put(9, "late");
        _time.Advance(TimeSpan.FromMilliseconds(50));
        _mailbox.RunUntil(() => !join.HasPending);
        Assert.Equal([["1", "9"], ["9"]], _table.Calls);
        Assert.Equal(["+I 1|1|one", "+I 9|9|late"], _output.Rows);
    }

    [Fact]
    public void A_retry_ends_after_its_attempts()
    {
        using LookupJoinOperator join = Open(Plan() with { Retry = new LookupRetry(1, 50) });
        join.Process(0, Batch(9));
        _mailbox.RunPosted();
        _time.Advance(TimeSpan.FromMilliseconds(50));
        _mailbox.RunUntil(() => !join.HasPending);
        Assert.Equal([["9"], ["9"]], _table.Calls);
        Assert.Empty(_output.Rows);
    }

    [Fact]
    public void A_failure_names_the_table_and_the_cause()
    {
        _table.Failure = new InvalidOperationException("disk on fire");
        using LookupJoinOperator join = Open(Plan());
        join.Process(0, Batch(1));
        MillraceException e =
            Assert.Throws<MillraceException>(() => _mailbox.RunUntil(() => !join.HasPending));
        Assert.Equal("The lookup in table 'names' failed: disk on fire", e.Message);
        Assert.Equal(ErrorKind.Unavailable, e.Kind);
        Assert.Equal(1, Metric("numLoadFailures"));
    }

    [Fact]
    public void A_lookup_that_takes_too_long_fails()
    {
        _table.Hold = true;
        using LookupJoinOperator join = Open(Plan() with { TimeoutMs = 1000 });
        join.Process(0, Batch(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        MillraceException e =
            Assert.Throws<MillraceException>(() => _mailbox.RunUntil(() => !join.HasPending));
        Assert.Equal("Table 'names' did not answer a lookup of 1 keys within 1000 ms.", e.Message);
    }

    [Fact]
    public void A_text_key_is_compared_as_it_is()
    {
        _table.Put("ä", "umlaut");
        _table.Put("", "empty");
        LookupJoinPlan plan = Plan() with { Keys = [new InputRef(0, LogicalType.String)] };
        Run(plan, new ColumnBatch([BytesColumn.Of("ä", "a", "", null)], 4));
        Assert.Equal(["+I ä|NULL|umlaut", "+I |NULL|empty"], _output.Rows);
    }

    [Fact]
    public void A_key_of_two_columns_needs_both()
    {
        _table.Put("1,x", "hit");
        LookupJoinPlan plan = Plan() with
        {
            Keys = [new InputRef(0, LogicalType.BigInt), new InputRef(1, LogicalType.String)],
        };
        var batch = new ColumnBatch([Longs(1, 1, null), BytesColumn.Of("x", null, "x")], 3);
        Run(plan, batch);
        Assert.Equal(["+I 1|x|NULL|hit"], _output.Rows);
        Assert.Equal([["1,x"]], _table.Calls);
    }

    [Fact]
    public void The_rest_of_the_condition_filters_matches_and_a_left_row_is_padded_once()
    {
        var isTwo = new Call(
            "=", [new InputRef(2, LogicalType.String), new Literal("two", LogicalType.String)],
            LogicalType.Boolean);
        Run(Plan() with { Condition = isTwo }, Batch(1, 2));
        Assert.Equal(["+I 2|2|two"], _output.Rows);
        _output.Rows.Clear();
        Run(Plan(isLeft: true) with { Condition = isTwo }, Batch(1, 2, 9));
        Assert.Equal(["+I 1|NULL|NULL", "+I 2|2|two", "+I 9|NULL|NULL"], _output.Rows);
    }

    [Fact]
    public void A_warm_cache_allocates_by_the_batch_and_not_by_the_row()
    {
        for (int key = 0; key < 500; key++) _table.Put(key, $"name {key}");
        _table.MaxKeys = 1000;
        using LookupJoinOperator join = Open(Plan());
        join.Open(_context, new Ignored());
        ColumnBatch large = Batch([.. Enumerable.Range(0, 4000).Select(i => (long?)(i * 7 % 500))]);
        ColumnBatch small = Batch([.. Enumerable.Range(0, 40).Select(i => (long?)(i * 7 % 500))]);
        Feed(join, large);
        long forSmall = AllocatedBy(join, small);
        long forLarge = AllocatedBy(join, large);
        Assert.InRange(forLarge, 0, 2000);
        Assert.InRange(forLarge - forSmall, -500, 500);
        Assert.Single(_table.Calls);
    }

    [Property(MaxTest = 60)]
    public void It_joins_as_a_naive_join_does(
        byte[] keys, byte[] multiplicity, bool isLeft, byte cut, byte maxRows)
    {
        var table = new Dictionary<long, int>();
        for (int key = 0; key < multiplicity.Length; key++) table[key] = multiplicity[key] % 4;
        _table.Rows.Clear();
        foreach ((long key, int rows) in table)
            _table.Put(key, [.. Enumerable.Range(0, rows).Select(r => $"{key}.{r}")]);
        List<string> expected = [];
        long[] asked = [.. keys.Select(k => (long)(k % 8))];
        foreach (long key in asked)
        {
            int rows = table.GetValueOrDefault(key);
            for (int r = 0; r < rows; r++) expected.Add($"+I {key}|{key}|{key}.{r}");
            if (rows == 0 && isLeft) expected.Add($"+I {key}|NULL|NULL");
        }
        int size = (cut % 7) + 1;
        _output.Rows.Clear();
        Run(
            Plan(Cache with { MaxRows = (maxRows % 5) + 1 }, isLeft),
            [.. asked.Chunk(size).Select(chunk => Batch([.. chunk.Select(k => (long?)k)]))]);
        Assert.Equal(expected, _output.Rows);
    }

    private static LookupJoinPlan Plan(LookupCacheOptions? cache = null, bool isLeft = false)
    {
        var table = new TableSpec(
            "names",
            Schema.Of(new Field("id", LogicalType.BigInt), new Field("name", LogicalType.String)),
            [], [0], ImmutableSortedDictionary<string, string>.Empty);
        return new LookupJoinPlan(
            table, new LookupSpec([0], [0, 1]), [new InputRef(0, LogicalType.BigInt)], isLeft, null,
            cache ?? Cache, null);
    }

    private static ColumnBatch Batch(params long?[] keys) => new([Longs(keys)], keys.Length);

    private static Column Longs(params long?[] values)
    {
        var builder = new FixedColumnBuilder<long>(values.Length);
        foreach (long? value in values)
            if (value is { } number) builder.Append(number);
            else builder.AppendNull();
        return builder.Build();
    }

    private static long AllocatedBy(LookupJoinOperator join, ColumnBatch batch)
    {
        for (int i = 0; i < 3; i++) join.Process(0, batch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        join.Process(0, batch);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private LookupJoinOperator Open(LookupJoinPlan plan)
    {
        var join = new LookupJoinOperator(plan);
        _context = TestContexts.Create(_mailbox, _time, _table);
        join.Open(_context, _output);
        return join;
    }

    private void Run(LookupJoinPlan plan, params ColumnBatch[] batches)
    {
        using LookupJoinOperator join = Open(plan);
        foreach (ColumnBatch batch in batches) Feed(join, batch);
    }

    private void Feed(LookupJoinOperator join, ColumnBatch batch)
    {
        join.Process(0, batch);
        _mailbox.RunUntil(() => !join.HasPending);
    }

    private double Metric(string name) => _context.Metrics.Read().Single(m => m.Key == name).Value;

    private sealed class Ignored : IBatchOutput
    {
        public void Emit(ColumnBatch batch)
        {
        }
    }
}
