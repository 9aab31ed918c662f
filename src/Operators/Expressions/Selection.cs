using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Expressions;

/// <summary>Truth values as lists of rows; none of the loops branches on a value.</summary>
internal static class Selection
{
    private static readonly int[] Offsets = OffsetsOfBytes();

    /// <summary>Writes the ascending rows where the BOOLEAN is TRUE; gives their number.</summary>
    public static int WhereTrue(Operand truth, int count, Span<int> rows)
    {
        if (truth.IsConstant)
            return truth.IsNull(0) || !truth.Value<bool>(0) ? 0 : All(count, rows);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(truth.Values<bool>());
        return WhereTrue(bytes[..count], truth.Column.ValidityWords, rows);
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
    public static int Split(
        Operand truth, int count, bool value, Span<int> matching, Span<int> others, out int matched)
    {
        ReadOnlySpan<byte> bytes = Truth.Bytes(truth.Column)[..count];
        ulong[]? validity = truth.Column.ValidityWords;
        ulong flip = value ? 0 : ulong.MaxValue;
        matched = 0;
        int rest = 0;
        for (int start = 0; start < count; start += 64)
        {
            ulong matches = Truth.Pack(bytes[start..]) ^ flip;
            if (validity is not null) matches &= validity[start >> 6];
            Append(matches, start, count, matching, ref matched);
            Append(~matches, start, count, others, ref rest);
        }
        return rest;
    }

    private static int WhereTrue(ReadOnlySpan<byte> truth, ulong[]? validity, Span<int> rows)
    {
        int n = 0;
        for (int start = 0; start < truth.Length; start += 64)
        {
            ulong holds = Truth.Pack(truth[start..]);
            if (validity is not null) holds &= validity[start >> 6];
            Append(holds, start, truth.Length, rows, ref n);
        }
        return n;
    }

    /// <summary>
    /// Appends the rows of up to 64 bits. Eight rows at a time: their bits pick the offsets of those that
    /// hold from a table, which are written whole; the next eight go behind the ones that count.
    /// </summary>
    /// <param name="count">Rows in all; bits past it are left out.</param>
    /// <param name="rows">Room for <paramref name="count"/> rows.</param>
    private static void Append(ulong bits, int start, int count, Span<int> rows, ref int n)
    {
        if (start + 64 > count)
        {
            bits &= (1UL << (count - start)) - 1;
            for (; bits != 0; bits &= bits - 1) rows[n++] = start + BitOperations.TrailingZeroCount(bits);
            return;
        }
        ref int table = ref MemoryMarshal.GetArrayDataReference(Offsets);
        for (int i = 0; i < 64; i += 8)
        {
            uint eight = (uint)(bits >> i) & 0xFF;
            Vector256<int> offsets = Vector256.LoadUnsafe(ref table, eight * 8);
            (offsets + Vector256.Create(start + i)).CopyTo(rows[n..]);
            n += BitOperations.PopCount(eight);
        }
    }

    /// <summary>For each byte the positions of its ones, ascending, then zeros.</summary>
    private static int[] OffsetsOfBytes()
    {
        int[] offsets = new int[256 * 8];
        for (int value = 0; value < 256; value++)
        {
            int n = value * 8;
            for (int bit = 0; bit < 8; bit++)
                if ((value >> bit & 1) != 0) offsets[n++] = bit;
        }
        return offsets;
    }
}
