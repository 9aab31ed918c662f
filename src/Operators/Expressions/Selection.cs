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
