using Millrace.Operators.Matching;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.Operators.Tests.Matching;

public sealed class MatchPropertyTests
{
    private const int Rounds = 2000;

    /// <summary>
    /// Random patterns, rows, skips, bounds, watermarks, and a restore at another parallelism on the way.
    /// </summary>
    [Fact]
    public void It_matches_as_the_reference_does()
    {
        for (int seed = 0; seed < Rounds; seed++)
        {
            Exception? failure = Record.Exception(() => Check(new Random(seed)));
            Assert.True(failure is null, $"Seed {seed}: {failure}");
        }
    }

    private static void Check(Random random)
    {
        Part[] parts = RandomPattern(random);
        AfterMatch after = RandomSkip(random, parts.Length);
        long within = random.Next(3) == 0 ? random.Next(1, 12) : 0;
        List<TestRow> rows = RandomRows(random, parts.Length);
        MatchPlan plan = MatchHarness.Plan(parts, after, within, looksBack: random.Next(2) == 0);
        List<string> expected = Expected(rows, new ReferenceMatcher(parts, after, within), out bool error);
        using var harness = new MatchHarness(plan, random.Next(1, 4));
        if (error)
        {
            Assert.Throws<MillraceException>(() => Run(harness, rows, random));
            return;
        }
        Run(harness, rows, random);
        string[] actual = [.. harness.Output.Rows.Select(r => string.Join('|', r.Split('|').Take(3)))];
        Assert.Equal(expected.Order(), actual.Order());
        foreach (string row in harness.Output.Rows) CheckCounts(row, parts, rows);
    }

    private static void Run(MatchHarness harness, List<TestRow> rows, Random random)
    {
        long watermark = long.MinValue;
        for (int next = 0; next < rows.Count;)
        {
            int size = Math.Min(random.Next(1, 6), rows.Count - next);
            harness.Feed(rows.GetRange(next, size));
            next += size;
            // Below every row still to come, so that none is late.
            long bound = next < rows.Count ? rows.Skip(next).Min(r => r.Time) - 1 : long.MaxValue;
            if (random.Next(3) > 0 && bound > watermark)
            {
                watermark = bound == long.MaxValue ? bound : Math.Max(watermark, bound - random.Next(3));
                harness.Watermark(watermark);
            }
            if (random.Next(6) == 0)
            {
                harness.Restart(random.Next(1, 5));
                if (watermark > long.MinValue) harness.Watermark(watermark);
            }
        }
        harness.Watermark(long.MaxValue);
    }

    private static List<string> Expected(List<TestRow> rows, ReferenceMatcher matcher, out bool error)
    {
        List<string> expected = [];
        error = false;
        foreach (IGrouping<string, TestRow> key in rows.GroupBy(r => r.Key))
        {
            List<(int First, int Last)> matches =
                matcher.Match([.. key.OrderBy(r => r.Time)], out bool isWrong);
            foreach ((int first, int last) in matches) expected.Add($"+I {key.Key}|{first}|{last}");
            error |= isWrong;
        }
        return expected;
    }

    /// <summary>
    /// The counts cover the rows of the match, and each row fits the variable that it was given to.
    /// </summary>
    private static void CheckCounts(string output, Part[] parts, List<TestRow> rows)
    {
        string[] values = output[3..].Split('|');
        List<TestRow> sorted = [.. rows.Where(r => r.Key == values[0]).OrderBy(r => r.Time)];
        int row = sorted.FindIndex(r => r.Id == int.Parse(values[1], null));
        int last = sorted.FindIndex(r => r.Id == int.Parse(values[2], null));
        for (int v = 0; v < parts.Length; v++)
        {
            int count = int.Parse(values[3 + v], null);
            Assert.InRange(count, parts[v].Min, parts[v].Max);
            for (int i = 0; i < count; i++) Assert.NotEqual(0, sorted[row++].Fits >> v & 1);
        }
        Assert.Equal(last + 1, row);
    }

    private static Part[] RandomPattern(Random random)
    {
        while (true)
        {
            Part[] parts =
                [.. Enumerable.Range(0, random.Next(1, MatchHarness.Variables + 1))
                    .Select(_ => RandomPart(random))];
            // What Flink refuses: a match of no rows, a greedy or optional end.
            if (parts.Any(p => p.Min > 0) && !parts[^1].IsGreedy && parts[^1] is not { Min: 0, Max: 1 })
                return parts;
        }
    }

    private static Part RandomPart(Random random) => random.Next(8) switch
    {
        0 => new Part(0, 1, false),
        1 => new Part(0, int.MaxValue, random.Next(2) == 0),
        2 => new Part(1, int.MaxValue, random.Next(2) == 0),
        3 => new Part(2, int.MaxValue, random.Next(2) == 0),
        4 => new Part(2, 2, false),
        5 => new Part(random.Next(3), 3, random.Next(2) == 0),
        _ => new Part(1, 1, false),
    };

    private static AfterMatch RandomSkip(Random random, int variables) => random.Next(4) switch
    {
        0 => new AfterMatch(AfterMatchKind.SkipToNextRow),
        1 => new AfterMatch(AfterMatchKind.SkipToFirst, random.Next(variables)),
        2 => new AfterMatch(AfterMatchKind.SkipToLast, random.Next(variables)),
        _ => new AfterMatch(AfterMatchKind.SkipPastLastRow),
    };

    private static List<TestRow> RandomRows(Random random, int variables)
    {
        int count = random.Next(1, 25);
        return [.. Enumerable.Range(0, count).Select(id => new TestRow(
            id, random.Next(3) == 0 ? "b" : "a", random.Next(0, 20), random.Next(1 << variables)))];
    }
}
