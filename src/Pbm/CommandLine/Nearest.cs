namespace Millrace.Pbm.CommandLine;

/// <summary>What somebody meant who mistyped a name.</summary>
internal static class Nearest
{
    private const int Likely = 2;

    public static string Hint(string name, IReadOnlyList<string> known)
    {
        if (known.Count == 0) return "there is none";
        string nearest = known.MinBy(k => Distance(k, name))!;
        return Distance(nearest, name) <= Likely
            ? $"the nearest is '{nearest}'"
            : $"there are {string.Join(", ", known)}";
    }

    /// <summary>Levenshtein's.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                int changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, changed);
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
