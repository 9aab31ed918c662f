using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Expressions;

/// <summary>Truth values as lists of rows; none of the loops branches on a value.</summary>
internal static class Selection
{
    /// <summary>Writes the ascending rows where the BOOLEAN is TRUE; gives their number.</summary>
    public static int WhereTrue(Operand truth, int count, Span<int> rows)
    {
        if (truth.IsConstant)
            return truth.IsNull(0) || !truth.Value<bool>(0) ? 0 : All(count, rows);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(truth.Values<bool>());
        return truth.Column.ValidityWords is { } validity
            ? WhereTrue(bytes, validity, rows)
            : WhereTrue(bytes, rows);
    }

    public static int All(int count, Span<int> rows)
    {
        for (int i = 0; i < count; i++) rows[i] = i;
        return count;
    }

    /// <summary>Divides the rows by whether the BOOLEAN is known to be <paramref name="value"/>.</summary>
    /// <param name="truth">No constant.</param>
    /// <param name="matching">Room for all rows; those where it is.</param>
    /// <param name="others">Room for all rows; those where it is the other value or NULL.</param>
    /// <returns>The number of others.</returns>
    public static int Split(Operand truth, int count, bool value, Span<int> matching, Span<int> others, out int matched)
    {
        ReadOnlySpan<byte> bytes = Truth.Bytes(truth.Column)[..count];
        ulong[]? validity = truth.Column.ValidityWords;
        int flip = value ? 0 : 1;
        matched = 0;
        int rest = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            int known = validity is null ? 1 : (int)(validity[i >> 6] >> (i & 63)) & 1;
            int matches = (bytes[i] ^ flip) & known;
            matching[matched] = i;
            others[rest] = i;
            matched += matches;
            rest += 1 - matches;
        }
        return rest;
    }

    private static int WhereTrue(ReadOnlySpan<byte> truth, Span<int> rows)
    {
        rows = rows[..truth.Length];
        ref int start = ref MemoryMarshal.GetReference(rows);
        int n = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            Unsafe.Add(ref start, n) = i;
            n += truth[i];
        }
        return n;
    }

    private static int WhereTrue(ReadOnlySpan<byte> truth, ulong[] validity, Span<int> rows)
    {
        rows = rows[..truth.Length];
        ref int start = ref MemoryMarshal.GetReference(rows);
        int n = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            Unsafe.Add(ref start, n) = i;
            n += truth[i] & (int)(validity[i >> 6] >> (i & 63)) & 1;
        }
        return n;
    }
}
