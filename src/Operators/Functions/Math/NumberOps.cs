using System.Numerics;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Math;

/// <summary>ABS, SIGN, FLOOR and CEIL: functions whose result has the type of their argument.</summary>
internal static class NumberOps
{
    /// <summary>The smallest integer is its own ABS, as in Java.</summary>
    public static Kernel Abs(LogicalType type) => type.Kind switch
    {
        TypeKind.TinyInt => Unary.Run<sbyte, sbyte, AbsOf<sbyte>>,
        TypeKind.SmallInt => Unary.Run<short, short, AbsOf<short>>,
        TypeKind.Int => Unary.Run<int, int, AbsOf<int>>,
        TypeKind.BigInt => Unary.Run<long, long, AbsOf<long>>,
        TypeKind.Float => Unary.Run<float, float, AbsOf<float>>,
        TypeKind.Double => Unary.Run<double, double, AbsOf<double>>,
        TypeKind.Decimal => Unary.Run<Int128, Int128, AbsOf<Int128>>,
        _ => throw NoKernel("ABS", type),
    };

    public static Kernel Sign(LogicalType type) => type.Kind switch
    {
        TypeKind.TinyInt => Unary.Run<sbyte, sbyte, SignOf<sbyte>>,
        TypeKind.SmallInt => Unary.Run<short, short, SignOf<short>>,
        TypeKind.Int => Unary.Run<int, int, SignOf<int>>,
        TypeKind.BigInt => Unary.Run<long, long, SignOf<long>>,
        TypeKind.Float => Unary.Run<float, float, SignOf<float>>,
        TypeKind.Double => Unary.Run<double, double, SignOf<double>>,
        TypeKind.Decimal => DecimalSign(type.Scale),
        _ => throw NoKernel("SIGN", type),
    };

    public static Kernel Floor(LogicalType type) => type.Kind switch
    {
        TypeKind.Float => Unary.Run<float, float, FloorOf<float>>,
        TypeKind.Double => Unary.Run<double, double, FloorOf<double>>,
        TypeKind.Decimal => Whole(type.Scale, up: false),
        _ => Same,
    };

    public static Kernel Ceil(LogicalType type) => type.Kind switch
    {
        TypeKind.Float => Unary.Run<float, float, CeilOf<float>>,
        TypeKind.Double => Unary.Run<double, double, CeilOf<double>>,
        TypeKind.Decimal => Whole(type.Scale, up: true),
        _ => Same,
    };

    private static Column Same(ReadOnlySpan<Operand> arguments, int count) => arguments[0].Column.Retain();

    private static Kernel Whole(int scale, bool up)
    {
        Int128 one = Decimals.PowerOfTen(scale);
        return (arguments, count) =>
        {
            ReadOnlySpan<Int128> values = arguments[0].Values<Int128>();
            Int128[] result = FixedColumn<Int128>.Rent(count);
            for (int i = 0; i < values.Length; i++)
            {
                (Int128 whole, Int128 rest) = Int128.DivRem(values[i], one);
                result[i] = up ? (rest > 0 ? whole + 1 : whole) : rest < 0 ? whole - 1 : whole;
            }
            return new FixedColumn<Int128>(
                result, count, Validity.Copy(arguments[0].Column.ValidityWords, count));
        };
    }

    private static Kernel DecimalSign(int scale)
    {
        Int128 one = Decimals.PowerOfTen(scale);
        return (arguments, count) =>
        {
            ReadOnlySpan<Int128> values = arguments[0].Values<Int128>();
            Int128[] result = FixedColumn<Int128>.Rent(count);
            for (int i = 0; i < values.Length; i++) result[i] = Int128.Sign(values[i]) * one;
            return new FixedColumn<Int128>(
                result, count, Validity.Copy(arguments[0].Column.ValidityWords, count));
        };
    }

    private static MillraceException NoKernel(string name, LogicalType type) =>
        new(ErrorKind.Bug, $"No kernel computes {name} of {type}.");

    private readonly struct AbsOf<T> : IUnaryOp<T, T> where T : INumber<T>
    {
        public static T Apply(T value) => T.IsNegative(value) ? unchecked(-value) : value;
    }

    private readonly struct SignOf<T> : IUnaryOp<T, T> where T : INumber<T>
    {
        public static T Apply(T value) =>
            T.IsNaN(value) || T.IsZero(value) ? value : T.IsNegative(value) ? unchecked(-T.One) : T.One;
    }

    private readonly struct FloorOf<T> : IUnaryOp<T, T> where T : IFloatingPoint<T>
    {
        public static T Apply(T value) => T.Floor(value);
    }

    private readonly struct CeilOf<T> : IUnaryOp<T, T> where T : IFloatingPoint<T>
    {
        public static T Apply(T value) => T.Ceiling(value);
    }
}
