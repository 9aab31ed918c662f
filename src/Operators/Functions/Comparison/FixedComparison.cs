using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Functions.Comparison;

/// <summary>
/// Comparisons of fixed-width values, 32 rows at a time: the lanes' masks are narrowed to a byte a row.
/// </summary>
internal static class FixedComparison
{
    /// <summary>Greater is less with the sides exchanged.</summary>
    public static Kernel Kernel<T>(Relation relation) where T : unmanaged, IComparisonOperators<T, T, bool> =>
        relation switch
        {
            Relation.Equal =>
                static (arguments, count) => Run<T, Equal<T>>(arguments[0], arguments[1], count),
            Relation.NotEqual =>
                static (arguments, count) => Run<T, NotEqual<T>>(arguments[0], arguments[1], count),
            Relation.Less => static (arguments, count) => Run<T, Less<T>>(arguments[0], arguments[1], count),
            Relation.LessOrEqual =>
                static (arguments, count) => Run<T, LessOrEqual<T>>(arguments[0], arguments[1], count),
            Relation.Greater =>
                static (arguments, count) => Run<T, Less<T>>(arguments[1], arguments[0], count),
            _ => static (arguments, count) => Run<T, LessOrEqual<T>>(arguments[1], arguments[0], count),
        };

    private static FixedColumn<bool> Run<T, TRelation>(Operand left, Operand right, int count)
        where T : unmanaged
        where TRelation : struct, IRelation<T>
    {
        bool[] values = FixedColumn<bool>.Rent(count);
        Span<byte> output = MemoryMarshal.AsBytes(values.AsSpan(0, count));
        Compare<T, TRelation>(left.Values<T>(), left.IsConstant, right.Values<T>(), right.IsConstant, output);
        return Truth.Column(values, count, Nulls.OfBoth(left, right, count));
    }

    private static void Compare<T, TRelation>(
        ReadOnlySpan<T> left, bool isLeftConstant, ReadOnlySpan<T> right, bool isRightConstant,
        Span<byte> output)
        where T : unmanaged
        where TRelation : struct, IRelation<T>
    {
        int i = 0;
        if (Vector256<T>.IsSupported)
        {
            Span<T> leftBlock = stackalloc T[32], rightBlock = stackalloc T[32];
            if (isLeftConstant) leftBlock.Fill(left[0]);
            if (isRightConstant) rightBlock.Fill(right[0]);
            for (; i <= output.Length - 32; i += 32)
            {
                ReadOnlySpan<T> a = isLeftConstant ? leftBlock : left.Slice(i, 32);
                ReadOnlySpan<T> b = isRightConstant ? rightBlock : right.Slice(i, 32);
                (Block<T, TRelation>(a, b) & Vector256<byte>.One).CopyTo(output[i..]);
            }
        }
        int leftMask = isLeftConstant ? 0 : -1, rightMask = isRightConstant ? 0 : -1;
        for (; i < output.Length; i++)
            output[i] = TRelation.Holds(left[i & leftMask], right[i & rightMask]) ? (byte)1 : (byte)0;
    }

    /// <summary>32 rows: a byte of ones where the relation holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Block<T, TRelation>(ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where T : unmanaged
        where TRelation : struct, IRelation<T>
    {
        if (Unsafe.SizeOf<T>() == 1) return Lanes<T, TRelation>(left, right, 0).AsByte();
        if (Unsafe.SizeOf<T>() == 2) return Shorts<T, TRelation>(left, right);
        return Unsafe.SizeOf<T>() == 4 ? Ints<T, TRelation>(left, right) : Longs<T, TRelation>(left, right);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Shorts<T, TRelation>(ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where T : unmanaged
        where TRelation : struct, IRelation<T> =>
        Vector256.Narrow(
            Lanes<T, TRelation>(left, right, 0).AsUInt16(),
            Lanes<T, TRelation>(left, right, 1).AsUInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Ints<T, TRelation>(ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where T : unmanaged
        where TRelation : struct, IRelation<T> =>
        Vector256.Narrow(
            Vector256.Narrow(
                Lanes<T, TRelation>(left, right, 0).AsUInt32(),
                Lanes<T, TRelation>(left, right, 1).AsUInt32()),
            Vector256.Narrow(
                Lanes<T, TRelation>(left, right, 2).AsUInt32(),
                Lanes<T, TRelation>(left, right, 3).AsUInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Longs<T, TRelation>(ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where T : unmanaged
        where TRelation : struct, IRelation<T>
    {
        Vector256<uint> first = Pair<T, TRelation>(left, right, 0);
        Vector256<uint> second = Pair<T, TRelation>(left, right, 2);
        Vector256<uint> third = Pair<T, TRelation>(left, right, 4);
        Vector256<uint> fourth = Pair<T, TRelation>(left, right, 6);
        return Vector256.Narrow(Vector256.Narrow(first, second), Vector256.Narrow(third, fourth));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Pair<T, TRelation>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, int vector)
        where T : unmanaged
        where TRelation : struct, IRelation<T> =>
        Vector256.Narrow(
            Lanes<T, TRelation>(left, right, vector).AsUInt64(),
            Lanes<T, TRelation>(left, right, vector + 1).AsUInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Lanes<T, TRelation>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, int vector)
        where T : unmanaged
        where TRelation : struct, IRelation<T>
    {
        int start = vector * Vector256<T>.Count;
        return TRelation.Holds(
            Vector256.LoadUnsafe(in left[start]), Vector256.LoadUnsafe(in right[start]));
    }
}
