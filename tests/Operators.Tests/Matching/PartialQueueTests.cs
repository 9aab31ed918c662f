using FsCheck.Xunit;
using Millrace.Operators.Matching;
using Xunit;

namespace Millrace.Operators.Tests.Matching;

public sealed class PartialQueueTests
{
    [Property(MaxTest = 200)]
    public void The_first_comes_out_first_and_what_is_shared_does_not_change(int seed)
    {
        var random = new Random(seed);
        var queue = new PartialQueue();
        var counts = new RowCounts(2);
        List<long> model = [];
        List<(PartialQueue Queue, PartialMatch[] Items)> shared = [];
        for (int step = 0; step < 60; step++)
        {
            Change(ref queue, counts, model, random);
            Assert.Equal(model.Order(), queue.Items.ToArray().Select(m => m.FirstRow).Order());
            if (random.Next(5) > 0) continue;
            shared.Add((queue, queue.Items.ToArray()));
            queue = queue.Share();
        }
        foreach ((PartialQueue frozen, PartialMatch[] items) in shared)
            Assert.Equal(items, frozen.Items.ToArray());
        Assert.Equal(model.Count, counts.Used);
    }

    private static void Change(ref PartialQueue queue, RowCounts counts, List<long> model, Random random)
    {
        int kind = random.Next(10);
        if (kind < 6 || model.Count == 0)
        {
            long row = random.Next(20);
            queue.Add(new PartialMatch(row, row, 1, counts.Copy(RowCounts.None)));
            model.Add(row);
        }
        else if (kind < 9)
        {
            PartialMatch first = queue.Take();
            Assert.Equal(model.Min(), first.FirstRow);
            counts.Free(first.Counts);
            model.Remove(first.FirstRow);
        }
        else
        {
            long row = random.Next(20);
            bool isInclusive = random.Next(2) == 0;
            queue.Prune(row, isInclusive, counts);
            model.RemoveAll(r => r < row || (isInclusive && r == row));
        }
    }
}
