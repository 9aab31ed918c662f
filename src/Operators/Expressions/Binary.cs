using System.Runtime.Intrinsics;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Expressions;

/// <summary>A total function of two values of one width, and its form on whole vectors.</summary>
internal interface IBinaryOp<T> where T : unmanaged
{
    static abstract T Apply(T left, T right);

    static abstract Vector256<T> Apply(Vector256<T> left, Vector256<T> right);
}

/// <summary>
/// Kernels of functions of two fixed-width values: NULL where either is, and null rows are computed too. A
/// constant operand is never materialized.
/// </summary>
internal static class Binary
{
    public static Column Run<T, TOp>(ReadOnlySpan<Operand> arguments, int count)
        where T : unmanaged
        where TOp : struct, IBinaryOp<T>
    {
        (Operand left, Operand right) = (arguments[0], arguments[1]);
        T[] result = FixedColumn<T>.Rent(count);
        Span<T> output = result.AsSpan(0, count);
        ReadOnlySpan<T> leftValues = left.Values<T>(), rightValues = right.Values<T>();
        if (left.IsConstant && count > 1) ConstantColumn<T, TOp>(leftValues[0], rightValues, output);
        else if (right.IsConstant && count > 1) ColumnConstant<T, TOp>(leftValues, rightValues[0], output);
        else ColumnColumn<T, TOp>(leftValues, rightValues, output);
        return new FixedColumn<T>(result, count, Nulls.OfBoth(left, right, count));
    }

    private static void ColumnColumn<T, TOp>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> output)
        where T : unmanaged
        where TOp : struct, IBinaryOp<T>
    {
        left = left[..output.Length];
        right = right[..output.Length];
        int i = 0;
        for (; i <= output.Length - Vector256<T>.Count; i += Vector256<T>.Count)
            TOp.Apply(Vector256.Create(left[i..]), Vector256.Create(right[i..])).CopyTo(output[i..]);
        for (; i < output.Length; i++) output[i] = TOp.Apply(left[i], right[i]);
    }

    private static void ColumnConstant<T, TOp>(ReadOnlySpan<T> left, T right, Span<T> output)
        where T : unmanaged
        where TOp : struct, IBinaryOp<T>
    {
        left = left[..output.Length];
        Vector256<T> constant = Vector256.Create(right);
        int i = 0;
        for (; i <= output.Length - Vector256<T>.Count; i += Vector256<T>.Count)
            TOp.Apply(Vector256.Create(left[i..]), constant).CopyTo(output[i..]);
        for (; i < output.Length; i++) output[i] = TOp.Apply(left[i], right);
    }

    private static void ConstantColumn<T, TOp>(T left, ReadOnlySpan<T> right, Span<T> output)
        where T : unmanaged
        where TOp : struct, IBinaryOp<T>
    {
        right = right[..output.Length];
        Vector256<T> constant = Vector256.Create(left);
        int i = 0;
        for (; i <= output.Length - Vector256<T>.Count; i += Vector256<T>.Count)
            TOp.Apply(constant, Vector256.Create(right[i..])).CopyTo(output[i..]);
        for (; i < output.Length; i++) output[i] = TOp.Apply(left, right[i]);
    }
}
