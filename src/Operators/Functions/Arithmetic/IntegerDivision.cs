using System.Numerics;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Functions.Arithmetic;

/// <summary>
/// Division of integers toward zero, and its remainder, which has the sign of the dividend. Zero as the
/// divisor of a row without NULL fails; the smallest number divided by -1 is itself.
/// </summary>
internal static class IntegerDivision
{
    public static Column Quotient<T>(ReadOnlySpan<Operand> arguments, int count)
        where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>
    {
        T[] result = Prepare<T>(arguments, count, out ulong[]? validity);
        (Operand left, Operand right) = (arguments[0], arguments[1]);
        for (int i = 0; i < count; i++)
        {
            T divisor = right.Value<T>(i);
            if (T.IsZero(divisor)) result[i] = OfZero(left, validity, i, T.Zero);
            else if (divisor == T.NegativeOne) result[i] = unchecked(-left.Value<T>(i));
            else result[i] = left.Value<T>(i) / divisor;
        }
        return new FixedColumn<T>(result, count, validity);
    }

    public static Column Remainder<T>(ReadOnlySpan<Operand> arguments, int count)
        where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>
    {
        T[] result = Prepare<T>(arguments, count, out ulong[]? validity);
        (Operand left, Operand right) = (arguments[0], arguments[1]);
        for (int i = 0; i < count; i++)
        {
            T divisor = right.Value<T>(i);
            if (T.IsZero(divisor)) result[i] = OfZero(left, validity, i, T.Zero);
            else result[i] = divisor == T.NegativeOne ? T.Zero : left.Value<T>(i) % divisor;
        }
        return new FixedColumn<T>(result, count, validity);
    }

    private static T[] Prepare<T>(ReadOnlySpan<Operand> arguments, int count, out ulong[]? validity)
        where T : unmanaged
    {
        validity = Nulls.OfBoth(arguments[0], arguments[1], count);
        return FixedColumn<T>.Rent(count);
    }

    private static T OfZero<T>(Operand dividend, ulong[]? validity, int row, T none) where T : unmanaged
    {
        if (Validity.IsValid(validity, row)) Failure.DivisionByZero($"{dividend.Value<T>(row)}");
        return none;
    }
}
