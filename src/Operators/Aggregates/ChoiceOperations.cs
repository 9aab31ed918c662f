using System.Numerics;
using System.Runtime.CompilerServices;
using Millrace.Shared.Errors;

namespace Millrace.Operators.Aggregates;

/// <summary>Whether one value goes before another.</summary>
internal interface IOrder<T>
{
    static abstract bool IsBefore(T left, T right);
}

/// <summary>By the operator &lt;: a NaN is before nothing, and nothing before it.</summary>
internal readonly struct Ascending<T> : IOrder<T> where T : IComparisonOperators<T, T, bool>
{
    public static bool IsBefore(T left, T right) => left < right;
}

internal readonly struct Descending<T> : IOrder<T> where T : IComparisonOperators<T, T, bool>
{
    public static bool IsBefore(T left, T right) => left > right;
}

internal readonly struct FalseFirst : IOrder<bool>
{
    public static bool IsBefore(bool left, bool right) => !left && right;
}

internal readonly struct TrueFirst : IOrder<bool>
{
    public static bool IsBefore(bool left, bool right) => left && !right;
}

/// <summary>
/// MIN and MAX over inserts only: the value that goes before all others. State: whether there is one, the
/// value.
/// </summary>
internal readonly unsafe struct ExtremeOperation<T, TOrder> : IWordOperation<T, T>
    where T : unmanaged
    where TOrder : struct, IOrder<T>
{
    public static int Words => sizeof(T) > sizeof(long) ? 3 : 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long* state, T value)
    {
        if (state[0] != 0 && !TOrder.IsBefore(value, Unsafe.ReadUnaligned<T>(state + 1))) return;
        state[0] = 1;
        Unsafe.WriteUnaligned(state + 1, value);
    }

    public void Retract(long* state, T value) =>
        throw new MillraceException(ErrorKind.Bug, "An insert-only MIN or MAX was given a retraction.");

    public bool TryResult(long* state, out T result)
    {
        result = Unsafe.ReadUnaligned<T>(state + 1);
        return state[0] != 0;
    }
}

/// <summary>
/// FIRST_VALUE and LAST_VALUE over inserts only, in order of arrival, and SINGLE_VALUE. State: how many
/// values, the value.
/// </summary>
internal readonly unsafe struct ArrivalOperation<T>(ArrivalKind kind) : IWordOperation<T, T>
    where T : unmanaged
{
    public static int Words => sizeof(T) > sizeof(long) ? 3 : 2;

    public void Add(long* state, T value)
    {
        if (state[0]++ == 0 || kind == ArrivalKind.Last) Unsafe.WriteUnaligned(state + 1, value);
    }

    public void Retract(long* state, T value)
    {
        if (kind != ArrivalKind.Single)
            throw new MillraceException(ErrorKind.Bug, "An insert-only FIRST_VALUE was given a retraction.");
        state[0]--;
    }

    public bool TryResult(long* state, out T result)
    {
        if (kind == ArrivalKind.Single && state[0] > 1) throw SingleValue.MoreThanOne();
        result = Unsafe.ReadUnaligned<T>(state + 1);
        return state[0] > 0;
    }
}

internal enum ArrivalKind
{
    First,
    Last,
    Single,
}

internal static class SingleValue
{
    public static MillraceException MoreThanOne() =>
        new(ErrorKind.Invalid, "A subquery used as a value gave more than one row.");
}
