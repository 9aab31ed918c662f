using System.Numerics;
using System.Runtime.CompilerServices;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// SUM of integers (wraps in its type), FLOAT and DOUBLE (added in that precision, in order of arrival; a
/// retracted value is subtracted). State: the sum, the count of values.
/// </summary>
internal readonly unsafe struct SumOperation<T> : IWordOperation<T, T> where T : unmanaged, INumber<T>
{
    public static int Words => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long* state, T value)
    {
        *(T*)state += value;
        state[1]++;
    }

    public void Retract(long* state, T value)
    {
        *(T*)state -= value;
        state[1]--;
    }

    public bool TryResult(long* state, out T result)
    {
        result = *(T*)state;
        return state[1] != 0;
    }
}

/// <summary>
/// AVG of an integer type: the quotient is cut toward zero. State: the sum, the count of values.
/// </summary>
internal readonly unsafe struct AverageOfIntegers<T> : IWordOperation<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static int Words => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long* state, T value)
    {
        state[0] += long.CreateTruncating(value);
        state[1]++;
    }

    public void Retract(long* state, T value)
    {
        state[0] -= long.CreateTruncating(value);
        state[1]--;
    }

    public bool TryResult(long* state, out T result)
    {
        // long.MinValue / -1 would trap: a count below zero comes from retractions of rows that were never
        // there.
        result = state[1] switch
        {
            0 => default,
            -1 => T.CreateTruncating(unchecked(-state[0])),
            _ => T.CreateTruncating(state[0] / state[1]),
        };
        return state[1] != 0;
    }
}

/// <summary>AVG of FLOAT and DOUBLE: adds in double precision. State: the sum, the count of values.</summary>
internal readonly unsafe struct AverageOfFloats<T> : IWordOperation<T, T>
    where T : unmanaged, IFloatingPoint<T>
{
    public static int Words => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long* state, T value)
    {
        *(double*)state += double.CreateTruncating(value);
        state[1]++;
    }

    public void Retract(long* state, T value)
    {
        *(double*)state -= double.CreateTruncating(value);
        state[1]--;
    }

    public bool TryResult(long* state, out T result)
    {
        result = state[1] == 0 ? default : T.CreateTruncating(*(double*)state / state[1]);
        return state[1] != 0;
    }
}
