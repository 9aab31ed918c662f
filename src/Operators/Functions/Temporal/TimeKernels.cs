using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>Kernels over one or two time columns of any time type.</summary>
internal static class TimeKernels
{
    /// <summary>A BIGINT of the local milliseconds: since the epoch, or of the day for TIME.</summary>
    public static Kernel OfLocalMs(LogicalType type, Zone zone, Func<long, long> apply) => type.Kind switch
    {
        TypeKind.Date => (arguments, count) =>
            Map<int, long>(arguments[0], count, days => apply(days * Calendar.MsPerDay)),
        TypeKind.Time => (arguments, count) => Map<int, long>(arguments[0], count, ms => apply(ms)),
        TypeKind.Timestamp when type.UnitsPerSecond == 1000 =>
            (arguments, count) => Map(arguments[0], count, apply),
        _ => (arguments, count) => Map<long, long>(
            arguments[0], count, value => apply(Conversion.TemporalCasts.Local(value, type, zone))),
    };

    public static FixedColumn<TOut> Map<TIn, TOut>(Operand operand, int count, Func<TIn, TOut> apply)
        where TIn : unmanaged
        where TOut : unmanaged
    {
        TOut[] values = FixedColumn<TOut>.Rent(count);
        Column column = operand.Column;
        ReadOnlySpan<TIn> inputs = operand.Values<TIn>();
        for (int i = 0; i < inputs.Length; i++)
            if (!column.IsNull(i)) values[i] = apply(inputs[i]);
        return new FixedColumn<TOut>(values, count, Validity.Copy(column.ValidityWords, count));
    }

    /// <summary>NULL where either is.</summary>
    public static FixedColumn<TOut> MapPair<TLeft, TRight, TOut>(
        Operand left, Operand right, int count, Func<TLeft, TRight, TOut> apply)
        where TLeft : unmanaged
        where TRight : unmanaged
        where TOut : unmanaged
    {
        TOut[] values = FixedColumn<TOut>.Rent(count);
        ulong[]? validity = Nulls.OfBoth(left, right, count);
        for (int i = 0; i < count; i++)
            if (Validity.IsValid(validity, i))
                values[i] = apply(left.Value<TLeft>(i), right.Value<TRight>(i));
        return new FixedColumn<TOut>(values, count, validity);
    }
}
