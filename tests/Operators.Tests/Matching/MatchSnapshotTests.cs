using Millrace.Operators.Matching;
using Millrace.Operators.Tests.Harness;
using Millrace.Shared.State;
using Xunit;

namespace Millrace.Operators.Tests.Matching;

/// <summary>
/// A snapshot that is written while the operator goes on, or long after, against the naive model: one of the
/// same moment that was written before anything changed.
/// </summary>
public sealed class MatchSnapshotTests
{
    private const int Rounds = 400;
    private const int Keys = 12;

    [Fact]
    public void A_snapshot_written_later_is_the_state_at_its_moment()
    {
        for (int seed = 0; seed < Rounds; seed++)
        {
            Exception? failure = Record.Exception(() => Check(new Random(seed)));
            Assert.True(failure is null, $"Seed {seed}: {failure}");
        }
    }

    [Fact]
    public async Task A_snapshot_written_by_another_thread_meanwhile_is_the_state_at_its_moment()
    {
        var random = new Random(11);
        using var harness = new MatchHarness(Plan(withinMs: 200));
        List<(Task<MemoryState> Written, MemoryState Expected)> writes = [];
        for (int step = 0; step < 60; step++)
        {
            for (int i = 0; i < 10; i++) Feed(harness, random, rows: 40, step * 10);
            harness.Watermark((step * 10) - 30);
            (IStateSnapshot?[] snapshot, MemoryState expected) = Mark(harness);
            writes.Add((Task.Run(() => Write(snapshot)), expected));
        }
        foreach ((Task<MemoryState> written, MemoryState expected) in writes)
            Assert.Equal(expected.Entries, (await written).Entries);
    }

    private static void Check(Random random)
    {
        using var harness = new MatchHarness(Plan(random.Next(2) == 0 ? 0 : 15), random.Next(1, 3));
        List<(IStateSnapshot?[] Snapshot, MemoryState Expected)> unwritten = [];
        long now = 0;
        for (int step = 0; step < 30; step++)
        {
            Feed(harness, random, random.Next(1, 10), now);
            now += random.Next(4);
            if (random.Next(3) > 0) harness.Watermark(now - random.Next(6));
            if (random.Next(4) == 0) unwritten.Add(Mark(harness));
            if (random.Next(5) > 0 || unwritten.Count == 0) continue;
            int next = random.Next(unwritten.Count);
            (IStateSnapshot?[] snapshot, MemoryState expected) = unwritten[next];
            unwritten.RemoveAt(next);
            if (random.Next(4) == 0) Array.ForEach(snapshot, s => s?.Dispose());
            else Assert.Equal(expected.Entries, Write(snapshot).Entries);
        }
        harness.Watermark(long.MaxValue);
        foreach ((IStateSnapshot?[] snapshot, MemoryState expected) in unwritten)
            Assert.Equal(expected.Entries, Write(snapshot).Entries);
    }

    /// <summary>Two snapshots of one moment; the second is written at once.</summary>
    private static (IStateSnapshot?[] Snapshot, MemoryState Expected) Mark(MatchHarness harness)
    {
        IStateSnapshot?[] snapshot = harness.Snapshot();
        return (snapshot, Write(harness.Snapshot()));
    }

    private static MemoryState Write(IStateSnapshot?[] snapshot)
    {
        var state = new MemoryState();
        foreach (IStateSnapshot? subtask in snapshot) state.Write(subtask);
        return state;
    }

    private static void Feed(MatchHarness harness, Random random, int rows, long now) =>
        harness.Feed(Rows(random, rows, now));

    private static TestRow[] Rows(Random random, int count, long now) =>
    [
        .. Enumerable.Range(0, count).Select(id => new TestRow(
            id, $"key {random.Next(Keys)}", now + random.Next(8), random.Next(8))),
    ];

    /// <summary>Begins often, is long under way, ends sometimes; keeps numbers, truths and text.</summary>
    private static MatchPlan Plan(long withinMs)
    {
        Part[] parts =
            [new Part(1, 1, false), new Part(1, int.MaxValue, IsReluctant: true), new Part(1, 1, false)];
        MatchPlan plan = MatchHarness.Plan(
            parts, new AfterMatch(AfterMatchKind.SkipToNextRow), withinMs, looksBack: true);
        return plan with { Measures = [.. plan.Measures, MatchHarness.Column(-1, 1, isFirst: true)] };
    }
}
