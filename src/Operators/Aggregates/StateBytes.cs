using System.Buffers;
using System.Buffers.Binary;
using Millrace.Shared.Errors;

namespace Millrace.Operators.Aggregates;

/// <summary>
/// The bytes of aggregate objects in checkpoints: little-endian numbers, and byte strings after their length.
/// </summary>
internal static class StateBytes
{
    public static void WriteInt64(ArrayBufferWriter<byte> output, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(sizeof(long)), value);
        output.Advance(sizeof(long));
    }

    public static void WriteBytes(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), value.Length);
        output.Advance(sizeof(int));
        output.Write(value);
    }

    public static long ReadInt64(ref ReadOnlySpan<byte> input) =>
        BinaryPrimitives.ReadInt64LittleEndian(Take(ref input, sizeof(long)));

    public static int ReadInt32(ref ReadOnlySpan<byte> input) =>
        BinaryPrimitives.ReadInt32LittleEndian(Take(ref input, sizeof(int)));

    public static ReadOnlySpan<byte> ReadBytes(ref ReadOnlySpan<byte> input) =>
        Take(ref input, ReadInt32(ref input));

    public static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> input, int size)
    {
        if (size < 0 || size > input.Length)
            throw new MillraceException(
                ErrorKind.Corrupt, "The stored state of an aggregate ends too early.");
        ReadOnlySpan<byte> taken = input[..size];
        input = input[size..];
        return taken;
    }
}

/// <summary>Order by unsigned bytes, as Flink compares strings.</summary>
internal sealed class BytesOrder : IComparer<byte[]>
{
    public static readonly BytesOrder Instance = new();

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
