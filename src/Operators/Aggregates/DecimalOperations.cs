using System.Runtime.CompilerServices;
using Millrace.Operators.Functions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// SUM of DECIMAL: a sum that leaves 38 digits is NULL, and the next value starts it anew. State: the sum
/// (2), whether there is one, the count of values.
/// </summary>
internal readonly unsafe struct SumOfDecimals : IWordOperation<Int128, Int128>
{
    public static int Words => 4;

    public void Add(long* state, Int128 value)
    {
        state[2] = state[2] == 0 ? Start(state, value) : DecimalSum.Add(state, value);
        state[3]++;
    }

    public void Retract(long* state, Int128 value)
    {
        state[2] = state[2] == 0 ? Start(state, -value) : DecimalSum.Add(state, -value);
        state[3]--;
    }

    public bool TryResult(long* state, out Int128 result)
    {
        result = DecimalSum.Of(state);
        return state[2] != 0 && state[3] != 0;
    }

    private static long Start(long* state, Int128 value)
    {
        Unsafe.WriteUnaligned(state, value);
        return 1;
    }
}

/// <summary>
/// AVG of DECIMAL(p, s): DECIMAL(38, max(6, s)), rounded half away from zero; NULL for ever once the sum has
/// left 38 digits. State: the sum (2), whether it has overflowed, the count of values.
/// </summary>
/// <param name="scaleUp">Digits to add to the scale: that of the result less that of the argument.</param>
internal readonly unsafe struct AverageOfDecimals(int scaleUp) : IWordOperation<Int128, Int128>
{
    public static int Words => 4;

    public void Add(long* state, Int128 value)
    {
        if (state[2] == 0) state[2] = 1 - DecimalSum.Add(state, value);
        state[3]++;
    }

    public void Retract(long* state, Int128 value)
    {
        if (state[2] == 0) state[2] = 1 - DecimalSum.Add(state, -value);
        state[3]--;
    }

    public bool TryResult(long* state, out Int128 result)
    {
        result = default;
        if (state[2] != 0 || state[3] == 0) return false;
        return DecimalSum.TryDivide(DecimalSum.Of(state), state[3], scaleUp, out result);
    }
}

/// <summary>Sums of up to 38 digits in two words.</summary>
internal static unsafe class DecimalSum
{
    private static readonly Int128 _limit = Decimals.PowerOfTen(LogicalType.MaxDecimalPrecision);

    public static Int128 Of(long* state) => Unsafe.ReadUnaligned<Int128>(state);

    /// <returns>1, or 0 when the sum has left 38 digits.</returns>
    public static long Add(long* state, Int128 value)
    {
        Int128 sum = Of(state);
        // Both are below 10^38 in size, their sum may not fit 128 bits.
        if (value > 0 ? sum >= _limit - value : sum <= -_limit - value) return 0;
        Unsafe.WriteUnaligned(state, sum + value);
        return 1;
    }

    /// <summary>sum * 10^scaleUp / count, rounded half away from zero.</summary>
    /// <returns>False where the quotient has more than 38 digits.</returns>
    public static bool TryDivide(Int128 sum, long count, int scaleUp, out Int128 quotient)
    {
        (quotient, Int128 rest) = Int128.DivRem(sum, count);
        for (int digit = 0; digit < scaleUp; digit++)
        {
            if (Int128.Abs(quotient) >= _limit / 10) return false;
            (Int128 next, rest) = Int128.DivRem(rest * 10, count);
            quotient = (quotient * 10) + next;
        }
        if (Int128.Abs(rest) * 2 >= Math.Abs(count)) quotient += Int128.Sign(sum) * Math.Sign(count);
        return Int128.Abs(quotient) < _limit;
    }
}
