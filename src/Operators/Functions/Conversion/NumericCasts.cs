using System.Numerics;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Conversion;

/// <summary>
/// Casts among numbers, and from BOOLEAN, as Java converts: integers wrap around, an approximate number is
/// cut toward zero and held to the range (NaN is 0); to DECIMAL a number is rounded half away from zero, and
/// NULL where it has too many digits.
/// </summary>
internal static class NumericCasts
{
    public static Kernel Choose(LogicalType source, LogicalType target)
    {
        if (target.Kind == TypeKind.Decimal) return ToDecimal(source, target);
        return source.Kind switch
        {
            TypeKind.Boolean => From<byte>(BooleanBytes, target),
            TypeKind.TinyInt => From<sbyte>(target),
            TypeKind.SmallInt => From<short>(target),
            TypeKind.Int => From<int>(target),
            TypeKind.BigInt => From<long>(target),
            TypeKind.Float => FromApproximate<float>(target),
            TypeKind.Double => FromApproximate<double>(target),
            TypeKind.Decimal => FromDecimal(source.Scale, target),
            _ => throw NoKernel(source, target),
        };
    }

    public static Kernel ToBoolean(LogicalType source) => source.Kind switch
    {
        TypeKind.TinyInt => Unary.Run<sbyte, bool, NotZero<sbyte>>,
        TypeKind.SmallInt => Unary.Run<short, bool, NotZero<short>>,
        TypeKind.Int => Unary.Run<int, bool, NotZero<int>>,
        TypeKind.BigInt => Unary.Run<long, bool, NotZero<long>>,
        TypeKind.Float => Unary.Run<float, bool, NotZero<float>>,
        TypeKind.Double => Unary.Run<double, bool, NotZero<double>>,
        TypeKind.Decimal => Unary.Run<Int128, bool, NotZero<Int128>>,
        _ => throw NoKernel(source, LogicalType.Boolean),
    };

    private static Kernel From<T>(LogicalType target)
        where T : unmanaged, IBinaryInteger<T> =>
        target.Kind switch
        {
            TypeKind.TinyInt => Unary.Run<T, sbyte, Converted<T, sbyte>>,
            TypeKind.SmallInt => Unary.Run<T, short, Converted<T, short>>,
            TypeKind.Int => Unary.Run<T, int, Converted<T, int>>,
            TypeKind.BigInt => Unary.Run<T, long, Converted<T, long>>,
            TypeKind.Float => Unary.Run<T, float, Converted<T, float>>,
            TypeKind.Double => Unary.Run<T, double, Converted<T, double>>,
            _ => throw NoKernel(LogicalType.BigInt, target),
        };

    private static Kernel From<T>(Func<Operand, Operand> view, LogicalType target)
        where T : unmanaged, IBinaryInteger<T>
    {
        Kernel convert = From<T>(target);
        return (arguments, count) =>
        {
            Operand numbers = view(arguments[0]);
            Column result = convert([numbers], count);
            numbers.Release();
            return result;
        };
    }

    private static Operand BooleanBytes(Operand operand)
    {
        ReadOnlySpan<byte> bytes = Truth.Bytes(operand.Column);
        return Operand.Of(
            FixedColumn<byte>.Of(bytes, Validity.Copy(operand.Column.ValidityWords, bytes.Length)));
    }

    private static Kernel FromApproximate<T>(LogicalType target) where T : unmanaged, IFloatingPoint<T> =>
        target.Kind switch
        {
            TypeKind.TinyInt => Unary.Run<T, sbyte, CutToInt<T, sbyte>>,
            TypeKind.SmallInt => Unary.Run<T, short, CutToInt<T, short>>,
            TypeKind.Int => Unary.Run<T, int, CutToInt<T, int>>,
            TypeKind.BigInt => Unary.Run<T, long, CutToLong<T>>,
            TypeKind.Float => Unary.Run<T, float, Converted<T, float>>,
            TypeKind.Double => Unary.Run<T, double, Converted<T, double>>,
            _ => throw NoKernel(LogicalType.Double, target),
        };

    private static Kernel FromDecimal(int scale, LogicalType target) => target.Kind switch
    {
        TypeKind.TinyInt => Map(value => (sbyte)Whole(value, scale)),
        TypeKind.SmallInt => Map(value => (short)Whole(value, scale)),
        TypeKind.Int => Map(value => (int)Whole(value, scale)),
        TypeKind.BigInt => Map(value => Whole(value, scale)),
        TypeKind.Float => Map(value => (float)ToDouble(value, scale)),
        TypeKind.Double => Map(value => ToDouble(value, scale)),
        _ => throw NoKernel(LogicalType.Decimal(38, scale), target),
    };

    private static Kernel ToDecimal(LogicalType source, LogicalType target)
    {
        (int precision, int scale) = (target.Precision, target.Scale);
        return source.Kind switch
        {
            TypeKind.Boolean => Rescaled<bool>(value => value ? 1 : 0, 0, target),
            TypeKind.TinyInt => Rescaled<sbyte>(value => value, 0, target),
            TypeKind.SmallInt => Rescaled<short>(value => value, 0, target),
            TypeKind.Int => Rescaled<int>(value => value, 0, target),
            TypeKind.BigInt => Rescaled<long>(value => value, 0, target),
            TypeKind.Decimal => Rescaled<Int128>(value => value, source.Scale, target),
            TypeKind.Float => Nullable<float>(value => FromDouble(value, precision, scale)),
            TypeKind.Double => Nullable<double>(value => FromDouble(value, precision, scale)),
            _ => throw NoKernel(source, target),
        };
    }

    private static Kernel Rescaled<T>(Func<T, Int128> widen, int scale, LogicalType target)
        where T : unmanaged =>
        Nullable<T>(value =>
            Decimals.TryRescale(widen(value), scale, target.Scale, target.Precision, out Int128 result)
                ? result : null);

    private static Kernel Nullable<T>(Func<T, Int128?> convert) where T : unmanaged => (arguments, count) =>
    {
        var builder = new FixedColumnBuilder<Int128>(count);
        for (int i = 0; i < count; i++)
            if (!arguments[0].IsNull(i) && convert(arguments[0].Value<T>(i)) is { } value)
                builder.Append(value);
            else builder.AppendNull();
        return builder.Build();
    };

    private static Kernel Map<T>(Func<Int128, T> convert) where T : unmanaged => (arguments, count) =>
    {
        T[] values = FixedColumn<T>.Rent(count);
        for (int i = 0; i < count; i++)
            if (!arguments[0].IsNull(i)) values[i] = convert(arguments[0].Value<Int128>(i));
        return new FixedColumn<T>(values, count, Validity.Copy(arguments[0].Column.ValidityWords, count));
    };

    private static long Whole(Int128 value, int scale) =>
        unchecked((long)(value / Decimals.PowerOfTen(scale)));

    /// <summary>The nearest DOUBLE.</summary>
    public static double ToDouble(Int128 value, int scale)
    {
        // Both exact below 2^53 and 10^22, so one division rounds once.
        if (Int128.Abs(value) < (1L << 53) && scale <= 22)
            return (double)(long)value / (double)Decimals.PowerOfTen(scale);
        return double.Parse(
            DecimalText.Format(value, scale), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// From the shortest digits that print the number, so 2.675 rounds to 2.68; null where it does not fit.
    /// </summary>
    public static Int128? FromDouble(double value, int precision, int scale)
    {
        if (!double.IsFinite(value))
            Failure.Throw($"CAST failed: {value} is no DECIMAL({precision}, {scale}).");
        Span<byte> text = stackalloc byte[NumberText.MaxSize];
        int size = NumberText.Write(value, text);
        return NumberParser.TryDecimal(text[..size], precision, scale, out Int128? result) ? result : null;
    }

    private static Int128? FromDouble(float value, int precision, int scale)
    {
        if (!float.IsFinite(value))
            Failure.Throw($"CAST failed: {value} is no DECIMAL({precision}, {scale}).");
        Span<byte> text = stackalloc byte[NumberText.MaxSize];
        int size = NumberText.Write(value, text);
        return NumberParser.TryDecimal(text[..size], precision, scale, out Int128? result) ? result : null;
    }

    private static MillraceException NoKernel(LogicalType source, LogicalType target) =>
        new(ErrorKind.Bug, $"No kernel casts {source} to {target}.");

    private readonly struct Converted<TIn, TOut> : IUnaryOp<TIn, TOut>
        where TIn : INumberBase<TIn>
        where TOut : INumberBase<TOut>
    {
        public static TOut Apply(TIn value) => TOut.CreateTruncating(value);
    }

    private readonly struct CutToInt<TIn, TOut> : IUnaryOp<TIn, TOut>
        where TIn : IFloatingPoint<TIn>
        where TOut : IBinaryInteger<TOut>
    {
        public static TOut Apply(TIn value) => TOut.CreateTruncating(int.CreateSaturating(value));
    }

    private readonly struct CutToLong<TIn> : IUnaryOp<TIn, long> where TIn : IFloatingPoint<TIn>
    {
        public static long Apply(TIn value) => long.CreateSaturating(value);
    }

    private readonly struct NotZero<T> : IUnaryOp<T, bool> where T : INumberBase<T>
    {
        public static bool Apply(T value) => !T.IsZero(value);
    }
}
