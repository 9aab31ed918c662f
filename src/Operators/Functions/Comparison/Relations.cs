using System.Numerics;
using System.Runtime.Intrinsics;

namespace Millrace.Operators.Functions.Comparison;

/// <summary>The six comparisons.</summary>
internal enum Relation { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual }

/// <summary>A comparison of two values; on vectors a lane is all ones where it holds.</summary>
internal interface IRelation<T>
{
    static abstract bool Holds(T left, T right);

    static abstract Vector256<T> Holds(Vector256<T> left, Vector256<T> right);
}

internal readonly struct Equal<T> : IRelation<T> where T : IComparisonOperators<T, T, bool>
{
    public static bool Holds(T left, T right) => left == right;

    public static Vector256<T> Holds(Vector256<T> left, Vector256<T> right) => Vector256.Equals(left, right);
}

internal readonly struct NotEqual<T> : IRelation<T> where T : IComparisonOperators<T, T, bool>
{
    public static bool Holds(T left, T right) => left != right;

    public static Vector256<T> Holds(Vector256<T> left, Vector256<T> right) => ~Vector256.Equals(left, right);
}

internal readonly struct Less<T> : IRelation<T> where T : IComparisonOperators<T, T, bool>
{
    public static bool Holds(T left, T right) => left < right;

    public static Vector256<T> Holds(Vector256<T> left, Vector256<T> right) =>
        Vector256.LessThan(left, right);
}

internal readonly struct LessOrEqual<T> : IRelation<T> where T : IComparisonOperators<T, T, bool>
{
    public static bool Holds(T left, T right) => left <= right;

    public static Vector256<T> Holds(Vector256<T> left, Vector256<T> right) =>
        Vector256.LessThanOrEqual(left, right);
}
