using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Conditional;

/// <summary>
/// GREATEST and LEAST: NULL where any argument is. NaN is above all numbers, -0.0 below 0.0.
/// </summary>
internal static class Extremes
{
    public static Kernel Choose(LogicalType type, bool isGreatest) => type.Kind switch
    {
        TypeKind.Boolean => Fixed<bool>(isGreatest, static (a, b) => a.CompareTo(b)),
        TypeKind.Null or TypeKind.TinyInt => Fixed<sbyte>(isGreatest, static (a, b) => a.CompareTo(b)),
        TypeKind.SmallInt => Fixed<short>(isGreatest, static (a, b) => a.CompareTo(b)),
        TypeKind.Int or TypeKind.Date or TypeKind.Time or TypeKind.IntervalYearMonth =>
            Fixed<int>(isGreatest, static (a, b) => a.CompareTo(b)),
        TypeKind.BigInt or TypeKind.Timestamp or TypeKind.TimestampLtz or TypeKind.IntervalDayTime =>
            Fixed<long>(isGreatest, static (a, b) => a.CompareTo(b)),
        TypeKind.Float => Fixed<float>(isGreatest, static (a, b) => Compare(a, b)),
        TypeKind.Double => Fixed<double>(isGreatest, Compare),
        TypeKind.Decimal => Fixed<Int128>(isGreatest, static (a, b) => a.CompareTo(b)),
        TypeKind.Char or TypeKind.VarChar or TypeKind.Binary or TypeKind.VarBinary => Bytes(isGreatest),
        _ => throw new MillraceException(ErrorKind.Bug, $"No kernel orders values of type {type}."),
    };

    private static Kernel Fixed<T>(bool isGreatest, Comparison<T> compare)
        where T : unmanaged => (arguments, count) =>
    {
        T[] values = FixedColumn<T>.Rent(count);
        int sign = isGreatest ? 1 : -1;
        for (int i = 0; i < count; i++) values[i] = arguments[0].Value<T>(i);
        for (int a = 1; a < arguments.Length; a++)
        {
            Operand argument = arguments[a];
            for (int i = 0; i < count; i++)
            {
                T value = argument.Value<T>(i);
                if (compare(value, values[i]) * sign > 0) values[i] = value;
            }
        }
        return new FixedColumn<T>(values, count, Nulls.OfAny(arguments, count));
    };

    private static Kernel Bytes(bool isGreatest) => (arguments, count) =>
    {
        var builder = new BytesColumnBuilder(count);
        ulong[]? validity = Nulls.OfAny(arguments, count);
        int sign = isGreatest ? 1 : -1;
        for (int i = 0; i < count; i++)
        {
            if (!Validity.IsValid(validity, i))
            {
                builder.AppendNull();
                continue;
            }
            ReadOnlySpan<byte> best = arguments[0].Bytes(i);
            for (int a = 1; a < arguments.Length; a++)
                if (arguments[a].Bytes(i).SequenceCompareTo(best) * sign > 0) best = arguments[a].Bytes(i);
            builder.Append(best);
        }
        if (validity is not null) System.Buffers.ArrayPool<ulong>.Shared.Return(validity);
        return builder.Build();
    };

    private static int Compare(double a, double b)
    {
        if (double.IsNaN(a) || double.IsNaN(b)) return double.IsNaN(a).CompareTo(double.IsNaN(b));
        int order = a.CompareTo(b);
        return order != 0 ? order : double.IsNegative(b).CompareTo(double.IsNegative(a));
    }
}
