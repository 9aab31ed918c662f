using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Expressions;

/// <summary>
/// Takes values of one column where a truth value holds and of another elsewhere, by masks instead of
/// branches: which rows hold is what a predictor cannot learn.
/// </summary>
internal static class Blend
{
    /// <summary>
    /// Overwrites <paramref name="result"/> where the byte of <paramref name="truth"/> is 1.
    /// </summary>
    /// <param name="values">One value a row, or one for all.</param>
    public static void Into<T>(
        ReadOnlySpan<byte> truth, ReadOnlySpan<T> values, bool isConstant, Span<T> result)
        where T : unmanaged
    {
        switch (Unsafe.SizeOf<T>())
        {
            case 1:
                Bits(truth, Cast<T, byte>(values), isConstant, Cast<T, byte>(result));
                break;
            case 2:
                Bits(truth, Cast<T, ushort>(values), isConstant, Cast<T, ushort>(result));
                break;
            case 4:
                Bits(truth, Cast<T, uint>(values), isConstant, Cast<T, uint>(result));
                break;
            case 8:
                Bits(truth, Cast<T, ulong>(values), isConstant, Cast<T, ulong>(result));
                break;
            default:
                Bits(truth, Cast<T, UInt128>(values), isConstant, Cast<T, UInt128>(result));
                break;
        }
    }

    /// <summary>The same for validity: a new bitmap, or null where every row is valid.</summary>
    /// <param name="rest">The validity of the rows that do not hold; used up.</param>
    public static ulong[]? Validities(ReadOnlySpan<byte> truth, Operand values, ulong[]? rest)
    {
        bool isNullConstant = values.IsNullConstant;
        ulong[]? words = values.IsConstant ? null : values.Column.ValidityWords;
        if (words is null && rest is null && !isNullConstant) return null;
        rest ??= Validity.Rent(truth.Length);
        for (int start = 0; start < truth.Length; start += 64)
        {
            ulong holds = Truth.Pack(truth[start..]);
            ulong valid = isNullConstant ? 0 : words is null ? ulong.MaxValue : words[start >> 6];
            rest[start >> 6] = (valid & holds) | (rest[start >> 6] & ~holds);
        }
        return rest;
    }

    private static void Bits<U>(
        ReadOnlySpan<byte> truth, ReadOnlySpan<U> values, bool isConstant, Span<U> result)
        where U : unmanaged, IBinaryInteger<U>
    {
        result = result[..truth.Length];
        if (isConstant)
        {
            U constant = values[0];
            for (int i = 0; i < truth.Length; i++)
            {
                U mask = unchecked(U.Zero - U.CreateTruncating(truth[i]));
                result[i] ^= (result[i] ^ constant) & mask;
            }
            return;
        }
        values = values[..truth.Length];
        for (int i = 0; i < truth.Length; i++)
        {
            U mask = unchecked(U.Zero - U.CreateTruncating(truth[i]));
            result[i] ^= (result[i] ^ values[i]) & mask;
        }
    }

    private static ReadOnlySpan<U> Cast<T, U>(ReadOnlySpan<T> values)
        where T : unmanaged where U : unmanaged =>
        MemoryMarshal.Cast<T, U>(values);

    private static Span<U> Cast<T, U>(Span<T> values) where T : unmanaged where U : unmanaged =>
        MemoryMarshal.Cast<T, U>(values);
}
