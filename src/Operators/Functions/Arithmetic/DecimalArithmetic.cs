using System.Numerics;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Arithmetic;

/// <summary>
/// + - * / % of DECIMALs of any scales, exact and then rounded to the result's scale; a result of more digits
/// than its type has is NULL.
/// </summary>
internal sealed class DecimalArithmetic
{
    /// <summary>The operation on unscaled values.</summary>
    /// <returns>False where the result does not fit.</returns>
    private delegate bool Operation(Int128 left, Int128 right, out Int128 result);

    private readonly int _leftScale;
    private readonly int _rightScale;
    private readonly int _precision;
    private readonly int _scale;

    public DecimalArithmetic(LogicalType left, LogicalType right, LogicalType result)
    {
        _leftScale = left.Scale;
        _rightScale = right.Scale;
        _precision = result.Precision;
        _scale = result.Scale;
    }

    public Kernel Choose(string name)
    {
        Operation operation = name switch
        {
            "+" => Add,
            "-" => Subtract,
            "*" => Multiply,
            "/" => Divide,
            _ => Remainder,
        };
        return (arguments, count) => Run(operation, arguments, count);
    }

    private static FixedColumn<Int128> Run(Operation operation, ReadOnlySpan<Operand> arguments, int count)
    {
        Int128[] result = FixedColumn<Int128>.Rent(count);
        (Operand left, Operand right) = (arguments[0], arguments[1]);
        ulong[]? validity = Nulls.OfBoth(left, right, count);
        for (int i = 0; i < count; i++)
        {
            if (!Validity.IsValid(validity, i)) continue;
            if (operation(left.Value<Int128>(i), right.Value<Int128>(i), out result[i])) continue;
            validity ??= Validity.Rent(count);
            Validity.SetNull(validity, i);
        }
        return new FixedColumn<Int128>(result, count, validity);
    }

    private bool Add(Int128 left, Int128 right, out Int128 result)
    {
        int scale = System.Math.Max(_leftScale, _rightScale);
        if (Decimals.TryRescale(left, _leftScale, scale, 37, out Int128 a)
            && Decimals.TryRescale(right, _rightScale, scale, 37, out Int128 b))
            return Decimals.TryRescale(a + b, scale, _scale, _precision, out result);
        return Decimals.TryRescale(
            Align(left, _leftScale) + Align(right, _rightScale), scale, _scale, _precision, out result);
    }

    private bool Subtract(Int128 left, Int128 right, out Int128 result) => Add(left, -right, out result);

    private bool Multiply(Int128 left, Int128 right, out Int128 result)
    {
        int scale = _leftScale + _rightScale;
        return left == (long)left && right == (long)right
            ? Decimals.TryRescale((long)left * (Int128)(long)right, scale, _scale, _precision, out result)
            : Decimals.TryRescale((BigInteger)left * right, scale, _scale, _precision, out result);
    }

    private bool Divide(Int128 left, Int128 right, out Int128 result)
    {
        if (right == 0) Failure.DivisionByZero(DecimalText.Format(left, _leftScale));
        // left / 10^ls / (right / 10^rs) at scale s is left * 10^(s + rs - ls) / right.
        int up = _scale + _rightScale - _leftScale;
        BigInteger dividend = up >= 0 ? left * BigInteger.Pow(10, up) : left;
        BigInteger divisor = up >= 0 ? right : right * BigInteger.Pow(10, -up);
        return Decimals.TryRescale(
            Decimals.RoundedQuotient(dividend, divisor), _scale, _scale, _precision, out result);
    }

    private bool Remainder(Int128 left, Int128 right, out Int128 result)
    {
        if (right == 0) Failure.DivisionByZero(DecimalText.Format(left, _leftScale));
        int scale = System.Math.Max(_leftScale, _rightScale);
        BigInteger remainder = BigInteger.Remainder(Align(left, _leftScale), Align(right, _rightScale));
        return Decimals.TryRescale(remainder, scale, _scale, _precision, out result);
    }

    private BigInteger Align(Int128 value, int scale) =>
        value * BigInteger.Pow(10, System.Math.Max(_leftScale, _rightScale) - scale);
}
