using System.Numerics;
using System.Runtime.Intrinsics;
using Millrace.Operators.Expressions;

namespace Millrace.Operators.Functions.Arithmetic;

// Integers wrap around as in Java; floating point follows IEEE 754.

internal readonly struct Add<T> : IBinaryOp<T> where T : unmanaged, INumber<T>
{
    public static T Apply(T left, T right) => unchecked(left + right);

    public static Vector256<T> Apply(Vector256<T> left, Vector256<T> right) => left + right;
}

internal readonly struct Subtract<T> : IBinaryOp<T> where T : unmanaged, INumber<T>
{
    public static T Apply(T left, T right) => unchecked(left - right);

    public static Vector256<T> Apply(Vector256<T> left, Vector256<T> right) => left - right;
}

internal readonly struct Multiply<T> : IBinaryOp<T> where T : unmanaged, INumber<T>
{
    public static T Apply(T left, T right) => unchecked(left * right);

    public static Vector256<T> Apply(Vector256<T> left, Vector256<T> right) => left * right;
}

/// <summary>Of FLOAT and DOUBLE only.</summary>
internal readonly struct Divide<T> : IBinaryOp<T> where T : unmanaged, IFloatingPoint<T>
{
    public static T Apply(T left, T right) => left / right;

    public static Vector256<T> Apply(Vector256<T> left, Vector256<T> right) => left / right;
}

internal readonly struct Negate<T> : IUnaryOp<T, T> where T : unmanaged, INumber<T>
{
    public static T Apply(T value) => unchecked(-value);
}
