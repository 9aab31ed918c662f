using System.Buffers;
using System.Numerics;

namespace Millrace.Shared.Columns;

/// <summary>
/// Validity bitmaps as Apache Arrow lays them out: bit i (least significant first) is 1 where row i has a
/// value. An absent bitmap (null) means that every row has one. Bits past the row count are undefined.
/// </summary>
public static class Validity
{
    public static int WordCount(int rows) => (rows + 63) >> 6;

    public static bool IsValid(ulong[]? words, int row) =>
        words is null || (words[row >> 6] >> (row & 63) & 1) != 0;

    public static void SetNull(ulong[] words, int row) => words[row >> 6] &= ~(1UL << (row & 63));

    public static void SetValid(ulong[] words, int row) => words[row >> 6] |= 1UL << (row & 63);

    /// <summary>
    /// A pooled bitmap with room for <paramref name="rows"/> rows, every one valid (or every one null).
    /// </summary>
    public static ulong[] Rent(int rows, bool valid = true)
    {
        ulong[] words = ArrayPool<ulong>.Shared.Rent(Math.Max(1, WordCount(rows)));
        words.AsSpan().Fill(valid ? ulong.MaxValue : 0);
        return words;
    }

    public static ulong[]? Copy(ulong[]? words, int rows)
    {
        if (words is null) return null;
        ulong[] copy = Rent(rows);
        words.AsSpan(0, WordCount(rows)).CopyTo(copy);
        return copy;
    }

    /// <summary>
    /// A row is valid where it is in both; null where both are absent. The result is a new bitmap.
    /// </summary>
    public static ulong[]? And(ulong[]? left, ulong[]? right, int rows)
    {
        if (left is null || right is null) return Copy(left ?? right, rows);
        ulong[] both = Rent(rows);
        for (int i = 0; i < WordCount(rows); i++) both[i] = left[i] & right[i];
        return both;
    }

    /// <returns>How many of the first <paramref name="rows"/> rows are null.</returns>
    public static int CountNulls(ulong[]? words, int rows)
    {
        if (words is null) return 0;
        int valid = 0;
        for (int i = 0; i < rows >> 6; i++) valid += BitOperations.PopCount(words[i]);
        if ((rows & 63) != 0) valid += BitOperations.PopCount(words[rows >> 6] & ((1UL << (rows & 63)) - 1));
        return rows - valid;
    }
}
