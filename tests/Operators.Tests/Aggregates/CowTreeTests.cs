using FsCheck.Xunit;
using Millrace.Operators.Aggregates;
using Xunit;

namespace Millrace.Operators.Tests.Aggregates;

public sealed class CowTreeTests
{
    [Property(MaxTest = 100)]
    public void A_tree_is_a_sorted_dictionary_and_its_copies_do_not_change(int seed)
    {
        var random = new Random(seed);
        var tree = new CowTree<int, int>(Comparer<int>.Default, 1);
        var model = new SortedDictionary<int, int>();
        var kept = new List<(CowTree<int, int> Tree, KeyValuePair<int, int>[] Entries)>();
        for (int step = 1; step <= 400; step++)
        {
            int key = random.Next(60);
            if (random.Next(3) > 0)
            {
                tree.Set(key, step);
                model[key] = step;
            }
            else Assert.Equal(model.Remove(key), tree.Remove(key));
            Assert.Equal(model.Count, tree.Count);
            Assert.Equal(model.TryGetValue(key, out int value), tree.TryGet(key, out int found));
            Assert.Equal(value, found);
            Assert.Equal(
                model.Keys.Where(k => k >= key).Select(k => (int?)k).FirstOrDefault(), Ceiling(tree, key));
            if (step % 50 != 0) continue;
            kept.Add((tree, [.. model]));
            tree = tree.CopyFor(step);
        }
        foreach ((CowTree<int, int> old, KeyValuePair<int, int>[] entries) in kept)
            Assert.Equal(entries, old.InOrder());
        Assert.Equal(model, tree.InOrder());
        Assert.Equal(model.Count > 0, tree.TryEnd(true, out int last, out _));
        if (model.Count > 0) Assert.Equal(model.Keys.Last(), last);
    }

    private static int? Ceiling(CowTree<int, int> tree, int from) =>
        tree.TryCeiling(from, out int key) ? key : null;
}
