using Millrace.Operators.Matching;

namespace Millrace.Operators.Tests.Matching;

/// <summary>One element of a test's pattern.</summary>
internal sealed record Part(int Min, int Max, bool IsReluctant)
{
    public bool IsGreedy => !IsReluctant && Min != Max && !(Min == 0 && Max == 1)
        && (Max == int.MaxValue || Math.Max(1, Min) != Max);
}

/// <param name="Fits">A bit a variable.</param>
internal sealed record TestRow(int Id, string Key, long Time, int Fits);

/// <summary>
/// Matches by the rules as they are told, start after start: from each first row all ways forward are
/// followed until one is complete, and the skip strategy says which starts are left. It knows no automaton.
/// </summary>
internal sealed class ReferenceMatcher(Part[] parts, AfterMatch after, long within)
{
    /// <summary>The first and last row of each match in the rows of one key, in order.</summary>
    /// <param name="error">Whether the skip strategy cannot be carried out.</param>
    public List<(int First, int Last)> Match(List<TestRow> rows, out bool error)
    {
        List<(int, int)> matches = [];
        int allowed = 0;
        error = false;
        for (int start = 0; start < rows.Count; start++)
        {
            if (start < allowed) continue;
            (bool isOpen, List<int[]>? found, int last) = From(rows, start);
            // Without a bound an undecided way holds back every later match for ever.
            if (isOpen && within == 0) return matches;
            if (found is null) continue;
            int? skip = SkipTo(start, last, found[0]);
            if (skip is null)
            {
                error = true;
                return matches;
            }
            allowed = skip.Value;
            matches.Add((rows[start].Id, rows[last].Id));
        }
        return matches;
    }

    private int? SkipTo(int start, int last, int[] counts)
    {
        if (after.Kind == AfterMatchKind.SkipToNextRow) return start + 1;
        if (after.Kind == AfterMatchKind.SkipPastLastRow) return last + 1;
        int first = start + counts.Take(after.Variable).Sum();
        int count = counts[after.Variable];
        int target = after.Kind == AfterMatchKind.SkipToFirst ? first : first + count - 1;
        return count == 0 || target == start ? null : target;
    }

    private (bool IsOpen, List<int[]>? Found, int Last) From(List<TestRow> rows, int start)
    {
        List<(int Element, int[] Counts)> ways = [(-1, new int[parts.Length])];
        for (int r = start; r < rows.Count; r++)
        {
            if (within > 0 && rows[r].Time - rows[start].Time >= within) return (false, null, 0);
            List<(int, int[])> next = [];
            List<int[]> found = [];
            foreach ((int element, int[] counts) in ways)
            {
                foreach (int to in Takers(element, counts, rows[r].Fits))
                {
                    int[] taken = [.. counts];
                    taken[to]++;
                    next.Add((to, taken));
                    if (MayEnd(to, taken[to], rows[r].Fits)) found.Add(taken);
                }
            }
            if (found.Count > 0) return (false, found, r);
            if (next.Count == 0) return (false, null, 0);
            ways = next;
        }
        return (true, null, 0);
    }

    /// <summary>The elements that may take the row next.</summary>
    private IEnumerable<int> Takers(int element, int[] counts, int fits)
    {
        if (element >= 0 && counts[element] < parts[element].Max && Fits(fits, element)) yield return element;
        if (element >= 0 && counts[element] < parts[element].Min) yield break;
        for (int next = element + 1; next < parts.Length; next++)
        {
            // What follows a greedy element never takes a row that fits it.
            if (next > 0 && parts[next - 1].IsGreedy && Fits(fits, next - 1)) yield break;
            if (Fits(fits, next)) yield return next;
            if (parts[next].Min > 0) yield break;
        }
    }

    private bool MayEnd(int element, int count, int fits)
    {
        if (count < parts[element].Min) return false;
        for (int next = element + 1; next < parts.Length; next++)
        {
            if (parts[next].Min > 0) return false;
            if (parts[next - 1].IsGreedy && Fits(fits, next - 1)) return false;
        }
        return true;
    }

    private static bool Fits(int fits, int variable) => (fits >> variable & 1) != 0;
}
