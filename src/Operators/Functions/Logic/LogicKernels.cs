using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Functions.Logic;

/// <summary>
/// Three-valued logic: truth values combine as bytes, what is known combines as validity words. A null row's
/// byte is 0 or 1 but means nothing.
/// </summary>
internal static class LogicKernels
{
    /// <summary>FALSE where either is FALSE, NULL where neither is and either is NULL.</summary>
    public static Column And(ReadOnlySpan<Operand> arguments, int count) =>
        Combine(arguments, count, isAnd: true);

    /// <summary>TRUE where either is TRUE, NULL where neither is and either is NULL.</summary>
    public static Column Or(ReadOnlySpan<Operand> arguments, int count) =>
        Combine(arguments, count, isAnd: false);

    public static Column Not(ReadOnlySpan<Operand> arguments, int count)
    {
        bool[] values = FixedColumn<bool>.Rent(count);
        Negate(Truth.Bytes(arguments[0].Column), MemoryMarshal.AsBytes(values.AsSpan(0, count)));
        return Truth.Column(values, count, Validity.Copy(arguments[0].Column.ValidityWords, count));
    }

    /// <summary>IS [NOT] TRUE and IS [NOT] FALSE: never NULL.</summary>
    public static Kernel Is(bool value, bool negated) => (arguments, count) =>
    {
        Column column = arguments[0].Column;
        ReadOnlySpan<byte> bytes = Truth.Bytes(column);
        ulong[] words = Validity.Rent(count, false);
        for (int start = 0; start < count; start += 64)
        {
            ulong truth = Truth.Pack(bytes[start..]);
            ulong known = column.ValidityWords is { } validity ? validity[start >> 6] : ulong.MaxValue;
            words[start >> 6] = (value ? truth : ~truth) & known;
        }
        Column result = Truth.FromBits(words, count, negated);
        System.Buffers.ArrayPool<ulong>.Shared.Return(words);
        return result;
    };

    /// <summary>IS [NOT] NULL of any type.</summary>
    public static Kernel IsNull(bool negated) => (arguments, count) =>
        arguments[0].Column.ValidityWords is { } validity
            ? Truth.FromBits(validity, count, negated: !negated)
            : FixedColumn<bool>.Constant(negated, count);

    private static FixedColumn<bool> Combine(ReadOnlySpan<Operand> arguments, int count, bool isAnd)
    {
        Column left = Dense(arguments[0], count), right = Dense(arguments[1], count);
        bool[] values = FixedColumn<bool>.Rent(count);
        Span<byte> output = MemoryMarshal.AsBytes(values.AsSpan(0, count));
        ReadOnlySpan<byte> a = Truth.Bytes(left), b = Truth.Bytes(right);
        if (isAnd) AndBytes(a, b, output);
        else OrBytes(a, b, output);
        ulong[]? validity = left.MayHaveNulls || right.MayHaveNulls ? Known(left, right, count, isAnd) : null;
        left.Release();
        right.Release();
        return Truth.Column(values, count, validity);
    }

    /// <summary>
    /// A result is known where both are, or where one alone decides: FALSE for AND, TRUE for OR.
    /// </summary>
    private static ulong[] Known(Column left, Column right, int count, bool isAnd)
    {
        ulong[] known = Validity.Rent(count);
        ReadOnlySpan<byte> a = Truth.Bytes(left), b = Truth.Bytes(right);
        ulong flip = isAnd ? ulong.MaxValue : 0;
        for (int start = 0; start < count; start += 64)
        {
            ulong knownA = left.ValidityWords is { } words ? words[start >> 6] : ulong.MaxValue;
            ulong knownB = right.ValidityWords is { } others ? others[start >> 6] : ulong.MaxValue;
            ulong decidesA = (Truth.Pack(a[start..]) ^ flip) & knownA;
            ulong decidesB = (Truth.Pack(b[start..]) ^ flip) & knownB;
            known[start >> 6] = (knownA & knownB) | decidesA | decidesB;
        }
        return known;
    }

    private static Column Dense(Operand operand, int count) =>
        operand.IsConstant && count > 1 ? Constants.Repeat(operand.Column, count) : operand.Column.Retain();

    private static void AndBytes(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> output)
    {
        int i = 0;
        for (; i <= output.Length - 32; i += 32)
            (Vector256.Create(a[i..]) & Vector256.Create(b[i..])).CopyTo(output[i..]);
        for (; i < output.Length; i++) output[i] = (byte)(a[i] & b[i]);
    }

    private static void OrBytes(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> output)
    {
        int i = 0;
        for (; i <= output.Length - 32; i += 32)
            (Vector256.Create(a[i..]) | Vector256.Create(b[i..])).CopyTo(output[i..]);
        for (; i < output.Length; i++) output[i] = (byte)(a[i] | b[i]);
    }

    private static void Negate(ReadOnlySpan<byte> values, Span<byte> output)
    {
        Vector256<byte> one = Vector256<byte>.One;
        int i = 0;
        for (; i <= output.Length - 32; i += 32) (Vector256.Create(values[i..]) ^ one).CopyTo(output[i..]);
        for (; i < output.Length; i++) output[i] = (byte)(values[i] ^ 1);
    }
}
