using Millrace.Operators.Aggregates;
using Millrace.Operators.Tests.Harness;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.Operators.Tests.Aggregates;

public sealed class GroupAggregateOperatorTests
{
    private static readonly GroupAggregatePlan _sums =
        GroupHarness.Plan(["STRING", "INT"], [0], true, ("COUNT", []), ("SUM", [1]));

    [Fact]
    public void Rows_of_a_key_in_a_batch_make_one_change_in_order_of_first_touch()
    {
        using var groups = new GroupHarness(_sums);
        Assert.Equal(["+I b|1|5", "+I a|2|3"], groups.Process("+I b|5", "+I a|1", "+I a|2"));
        Assert.Equal(["-U a|2|3", "+U a|1|2"], groups.Process("-U a|1"));
        Assert.Equal(["-U a|1|2", "+U a|2|9", "-D b|1|5"], groups.Process("+U a|7", "-D b|5"));
    }

    [Fact]
    public void An_unchanged_result_says_nothing_and_a_null_sum_is_not_zero()
    {
        using var groups = new GroupHarness(_sums);
        groups.Process("+I a|1", "+I a|NULL");
        Assert.Empty(groups.Process("-U a|1", "+U a|1"));
        Assert.Equal(["-U a|2|1", "+U a|1|NULL"], groups.Process("-D a|1"));
    }

    [Fact]
    public void A_retraction_of_a_group_without_rows_is_ignored_also_within_a_batch()
    {
        using var groups = new GroupHarness(_sums);
        Assert.Equal(["+I a|1|4", "+I b|1|2"], groups.Process("-D a|1", "-U a|9", "+I a|4", "+I b|2"));
        Assert.Equal(["-U a|1|4", "+U a|1|6"], groups.Process("-D a|4", "-D a|4", "+I a|6"));
        Assert.Equal(["-D a|1|6"], groups.Process("-D a|6", "-D a|6"));
        Assert.Empty(groups.Process("-D a|6"));
    }

    [Fact]
    public void A_group_that_comes_back_within_a_batch_begins_empty()
    {
        using var groups = new GroupHarness(GroupHarness.Plan(
            ["STRING", "DOUBLE"], [0], true, ("SUM", [1]), ("VAR_POP", [1])));
        groups.Process("+I a|1e17", "+I a|1");
        Assert.Equal(
            ["-U a|1E+17|2.5E+33", "+U a|3|0"],
            groups.Process("-D a|1e17", "-D a|1", "+I a|3"));
    }

    [Fact]
    public void Without_update_before_only_what_is_now_is_sent()
    {
        using var groups = new GroupHarness(_sums with { EmitUpdateBefore = false });
        groups.Process("+I a|1");
        Assert.Equal(["+U a|2|3"], groups.Process("+I a|2"));
        Assert.Equal(["-D a|2|3"], groups.Process("-D a|2", "-D a|1"));
    }

    [Fact]
    public void A_keyless_group_appears_with_its_first_row_and_goes_with_its_last()
    {
        using var groups =
            new GroupHarness(GroupHarness.Plan(["INT"], [], true, ("COUNT", []), ("MAX", [0])));
        groups.Operator.EndOfInput(0);
        Assert.Empty(groups.New());
        Assert.Equal(["+I 2|9"], groups.Process("+I 9", "+I 3"));
        Assert.Equal(["-U 2|9", "+U 1|3"], groups.Process("-D 9"));
        Assert.Equal(["-D 1|3"], groups.Process("-D 3"));
    }

    [Fact]
    public void Without_aggregates_it_is_a_select_distinct()
    {
        using var groups = new GroupHarness(GroupHarness.Plan(["STRING", "INT"], [0, 1], true));
        Assert.Equal(["+I a|NULL", "+I a|1"], groups.Process("+I a|NULL", "+I a|1", "+I a|NULL"));
        Assert.Empty(groups.Process("-D a|NULL"));
        Assert.Equal(["-D a|NULL"], groups.Process("-D a|NULL"));
    }

    [Fact]
    public void A_bundle_ends_by_size_by_latency_before_a_barrier_and_at_the_end()
    {
        using var groups = new GroupHarness(_sums with { MiniBatch = new MiniBatchOptions(500, 3) });
        Assert.Empty(groups.Process("+I a|1", "+I b|1"));
        Assert.Equal(["+I a|2|3", "+I b|1|1"], groups.Process("+I a|2"));
        Assert.Empty(groups.Process("+I a|3"));
        Assert.Empty(groups.Advance(TimeSpan.FromMilliseconds(499)));
        Assert.Equal(["-U a|2|3", "+U a|3|6"], groups.Advance(TimeSpan.FromMilliseconds(1)));
        Assert.Empty(groups.Process("-D b|1"));
        groups.Operator.BeforeBarrier(new Barrier(new CheckpointId(1), ""));
        Assert.Equal(["-D b|1|1"], groups.New());
        Assert.Empty(groups.Process("+I c|1", "-D c|1"));
        groups.Operator.OnWatermark(Watermark.Max);
        groups.Operator.EndOfInput(0);
        Assert.Empty(groups.New());
    }

    [Fact]
    public void A_bundle_of_two_phases_ends_by_the_groups_that_wait_not_by_their_rows()
    {
        using var groups = new GroupHarness(_sums with { MiniBatch = new MiniBatchOptions(500, 2, CountsGroups: true) });
        Assert.Empty(groups.Process("+I a|1", "+I a|1"));
        Assert.Empty(groups.Process("+I a|2"));
        Assert.Equal(["+I a|3|4", "+I b|1|1"], groups.Process("+I b|1"));
    }

    [Fact]
    public void A_group_not_written_for_the_ttl_begins_anew_and_an_unchanged_one_is_sent_again()
    {
        using var groups = new GroupHarness(
            GroupHarness.Plan(["STRING", "INT"], [0], false, ("MAX", [1]), ("COUNT", [1])) with
            {
                TtlMs = 1000,
                Aggregates = [_sums.Aggregates[0], new AggregateCall(
                    "COUNT", [1], -1, true,
                    AggregateCatalog.InferType("COUNT", [_sums.Input[1].Type], true, true))],
            });
        groups.Process("+I a|7", "+I b|7");
        groups.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(["-U a|1|1", "+U a|2|1"], groups.Process("+I a|7"));
        groups.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["+I b|1|1"], groups.Process("+I b|7"));
        Assert.Equal(["-U a|2|1", "+U a|3|2"], groups.Process("+I a|8"));
    }

    [Fact]
    public void An_equal_update_is_sent_where_ttl_must_be_renewed_downstream()
    {
        using var groups = new GroupHarness(
            GroupHarness.Plan(["STRING", "INT"], [0], false, ("MAX", [1])) with { TtlMs = 1000 });
        groups.Process("+I a|7");
        Assert.Equal(["-U a|7", "+U a|7"], groups.Process("+I a|3"));
    }

    [Fact]
    public void Expired_groups_leave_memory_and_snapshots_and_restored_ones_keep_their_time()
    {
        GroupAggregatePlan plan =
            GroupHarness.Plan(["STRING", "INT"], [0], false, ("COUNT", [])) with { TtlMs = 1000 };
        using var groups = new GroupHarness(plan);
        groups.Process([.. Enumerable.Range(0, 100).Select(i => $"+I {i}|1")]);
        groups.Advance(TimeSpan.FromMilliseconds(600));
        groups.Process("+I 1|1");
        groups.Advance(TimeSpan.FromMilliseconds(600));
        MemoryState state = groups.Save();
        Assert.Equal(1, state.KeyedCount);
        for (int i = 0; i < 20; i++) groups.Process("+I x|1");
        Assert.Equal(2, groups.Save().KeyedCount);
        using var restored = new GroupHarness(plan, groups.Time, state);
        Assert.Equal(["-U 1|2", "+U 1|3"], restored.Process("+I 1|1"));
        groups.Advance(TimeSpan.FromMilliseconds(1000));
        Assert.Equal(["+I 1|1"], restored.Process("+I 1|1"));
    }

    [Fact]
    public void A_sum_of_decimals_past_38_digits_is_null_and_the_next_value_begins_it_anew()
    {
        string nines = new('9', 38);
        using var groups =
            new GroupHarness(GroupHarness.Plan(["STRING", "DECIMAL"], [0], false, ("SUM", [1])));
        Assert.Equal([$"+I a|{nines}"], groups.Process($"+I a|{nines}"));
        Assert.Equal([$"-U a|{nines}", "+U a|NULL"], groups.Process("+I a|1"));
        Assert.Equal(["-U a|NULL", "+U a|7"], groups.Process("+I a|7"));
        Assert.Equal([$"+I b|-{nines}"], groups.Process($"+I b|-{nines}"));
        Assert.Equal([$"-U b|-{nines}", "+U b|NULL"], groups.Process("+I b|-1"));
    }

    [Fact]
    public void Every_aggregate_goes_on_from_a_checkpoint()
    {
        GroupAggregatePlan plan = GroupHarness.Plan(
            ["STRING", "DOUBLE", "STRING", "DECIMAL"], [0], true,
            ("SUM", [1]), ("AVG", [1]), ("STDDEV_SAMP", [1]), ("MIN", [1]), ("MAX", [2]),
                ("FIRST_VALUE", [1]),
            ("LAST_VALUE", [2]), ("LISTAGG", [2]), ("COLLECT", [2]), ("ARRAY_AGG", [1]),
            ("JSON_ARRAYAGG", [2]),
            ("JSON_OBJECTAGG", [2, 1]), ("AVG", [3]), ("VAR_POP", [3]));
        string[] first =
            ["+I a|1.5|x|10", "+I a|2.5|y|20", "+I a|-4|z|NULL", "+I b|NULL|q|1", "-D a|2.5|y|20"];
        string[] second = ["+I a|7|w|3", "-D a|1.5|x|10", "+I b|0.25|r|2", "-D b|NULL|q|1", "+I a|8|é\"|5"];
        using var straight = new GroupHarness(plan);
        straight.Process(first);
        string[] expected = straight.Process(second);
        using var before = new GroupHarness(plan);
        before.Process(first);
        using var after = new GroupHarness(plan, null, before.Save());
        Assert.Equal(expected, after.Process(second));
        Assert.Equal(4, expected.Length);
    }

    [Fact]
    public void State_of_other_aggregates_is_refused()
    {
        using var groups = new GroupHarness(_sums);
        groups.Process("+I a|1");
        GroupAggregatePlan other = GroupHarness.Plan(["STRING", "INT"], [0], true, ("COUNT", []));
        Assert.Equal(
            ErrorKind.Invalid,
            Assert.Throws<MillraceException>(() => new GroupHarness(other, null, groups.Save())).Kind);
    }

    [Fact]
    public void A_value_subquery_of_two_rows_fails()
    {
        using var groups = new GroupHarness(GroupHarness.Plan(["INT"], [], true, ("SINGLE_VALUE", [0])));
        Assert.Equal(["+I 1"], groups.Process("+I 1"));
        Assert.Equal(["-U 1", "+U 2"], groups.Process("-U 1", "+U 2"));
        Assert.Equal(
            ErrorKind.Invalid, Assert.Throws<MillraceException>(() => groups.Process("+I 3")).Kind);
    }

    [Fact]
    public void More_groups_than_a_batch_holds_come_in_several()
    {
        using var groups = new GroupHarness(_sums with { MiniBatch = new MiniBatchOptions(1000, 100_000) });
        for (int i = 0; i < 3; i++)
            groups.Process([.. Enumerable.Range(i * 4000, 4000).Select(k => $"+I {k}|1")]);
        groups.Operator.EndOfInput(0);
        Assert.Equal(12_000, groups.New().Distinct().Count());
    }
}
