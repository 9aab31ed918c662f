using System.Buffers;
using System.Buffers.Binary;
using Millrace.Shared.Errors;

namespace Millrace.Operators.Matching;

/// <summary>Little-endian numbers of a state value.</summary>
internal static class StateNumbers
{
    public static void Write(ArrayBufferWriter<byte> output, int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), number);
        output.Advance(sizeof(int));
    }

    public static void Write(ArrayBufferWriter<byte> output, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(sizeof(long)), number);
        output.Advance(sizeof(long));
    }

    public static int ReadInt32(ref ReadOnlySpan<byte> input)
    {
        int number = BinaryPrimitives.ReadInt32LittleEndian(Need(input, sizeof(int)));
        input = input[sizeof(int)..];
        return number;
    }

    public static long ReadInt64(ref ReadOnlySpan<byte> input)
    {
        long number = BinaryPrimitives.ReadInt64LittleEndian(Need(input, sizeof(long)));
        input = input[sizeof(long)..];
        return number;
    }

    private static ReadOnlySpan<byte> Need(ReadOnlySpan<byte> input, int size) => input.Length >= size
        ? input
        : throw new MillraceException(
            ErrorKind.Corrupt, "The state of a MATCH_RECOGNIZE partition ends too early.");
}
