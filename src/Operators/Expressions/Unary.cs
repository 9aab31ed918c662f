using System.Runtime.CompilerServices;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Expressions;

/// <summary>A total function of one value.</summary>
internal interface IUnaryOp<TIn, TOut>
{
    static abstract TOut Apply(TIn value);
}

/// <summary>
/// Kernels of functions of one fixed-width value: NULL gives NULL, and null rows are computed too.
/// </summary>
internal static class Unary
{
    public static Column Run<TIn, TOut, TOp>(ReadOnlySpan<Operand> arguments, int count)
        where TIn : unmanaged
        where TOut : unmanaged
        where TOp : struct, IUnaryOp<TIn, TOut>
    {
        ReadOnlySpan<TIn> values = arguments[0].Values<TIn>();
        TOut[] result = FixedColumn<TOut>.Rent(count);
        Map<TIn, TOut, TOp>(values, result.AsSpan(0, values.Length));
        return new FixedColumn<TOut>(result, count, Validity.Copy(arguments[0].Column.ValidityWords, count));
    }

    private static void Map<TIn, TOut, TOp>(ReadOnlySpan<TIn> values, Span<TOut> result)
        where TOp : struct, IUnaryOp<TIn, TOut>
    {
        for (int i = 0; i < values.Length && i < result.Length; i++) result[i] = TOp.Apply(values[i]);
    }
}
