using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Expressions;

/// <summary>
/// BOOLEAN columns as bytes 0 and 1, and as one bit a row to be combined with validity bitmaps.
/// </summary>
internal static class Truth
{
    public static ReadOnlySpan<byte> Bytes(Column column) =>
        MemoryMarshal.AsBytes(((FixedColumn<bool>)column).Values);

    /// <summary>Bit i is 1 where byte i is; for up to 64 bytes.</summary>
    public static ulong Pack(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 64) return Mask(bytes) | (ulong)Mask(bytes[32..]) << 32;
        ulong bits = 0;
        for (int i = 0; i < bytes.Length; i++) bits |= (ulong)(bytes[i] & 1) << i;
        return bits;
    }

    /// <summary>1 where the BOOLEAN is TRUE, 0 where it is FALSE or NULL.</summary>
    /// <param name="output">Room for the frame's rows, all of which are written.</param>
    public static void WriteCertain(Operand truth, Span<byte> output)
    {
        if (truth.IsConstant)
        {
            output.Fill(truth.IsNull(0) || !truth.Value<bool>(0) ? (byte)0 : (byte)1);
            return;
        }
        ReadOnlySpan<byte> bytes = Bytes(truth.Column)[..output.Length];
        if (truth.Column.ValidityWords is not { } validity) bytes.CopyTo(output);
        else
            for (int i = 0; i < bytes.Length; i++)
                output[i] = (byte)(bytes[i] & (validity[i >> 6] >> (i & 63)));
    }

    /// <summary>A BOOLEAN column from bytes in a pooled array that the column owns from now on.</summary>
    public static FixedColumn<bool> Column(bool[] values, int count, ulong[]? validity = null) =>
        new(values, count, validity);

    /// <summary>Whether each row is TRUE, never NULL; the caller owns the result.</summary>
    public static FixedColumn<bool> FromBits(ulong[] words, int count, bool negated)
    {
        bool[] values = FixedColumn<bool>.Rent(count);
        int flip = negated ? 1 : 0;
        Span<byte> bytes = MemoryMarshal.AsBytes(values.AsSpan(0, count));
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(((int)(words[i >> 6] >> (i & 63)) & 1) ^ flip);
        return Column(values, count);
    }

    private static uint Mask(ReadOnlySpan<byte> bytes) =>
        Vector256.ExtractMostSignificantBits(Vector256.Create(bytes) << 7);
}
