namespace Millrace.Shared.Options;

/// <summary>How far a mistyped name is from one that exists.</summary>
public static class EditDistance
{
    /// <summary>What was meant, if it was mistyped: two characters, or a quarter of it, may be wrong.</summary>
    /// <returns>The nearest of the known names; null: none is near.</returns>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        string? nearest = null;
        int least = Math.Max(2, name.Length / 4) + 1;
        foreach (string candidate in known)
        {
            int distance = Of(name, candidate);
            if (distance >= least) continue;
            least = distance;
            nearest = candidate;
        }
        return nearest;
    }

    /// <returns>Levenshtein's distance: single characters put in, left out or replaced.</returns>
    public static int Of(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, replaced);
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
