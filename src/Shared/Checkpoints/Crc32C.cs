using System.Buffers.Binary;
using System.Numerics;

namespace Millrace.Shared.Checkpoints;

/// <summary>CRC-32C (Castagnoli), by the processor's own instruction where there is one.</summary>
/// <remarks>
/// The instruction takes three cycles until its result can be used, and could start each cycle: three
/// stretches of the bytes are summed at once and joined. A sum moves past a stretch of n bytes as if n
/// zeros followed, which is linear, so four tables hold it (Gopal et al. 2011).
/// </remarks>
public static class Crc32C
{
    private const int StretchBytes = 1024;
    private static readonly uint[] PastStretch = MakePastStretch();

    public static uint Of(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <param name="sum">The checksum of the bytes before, or 0.</param>
    /// <returns>The checksum of the bytes before and these.</returns>
    public static uint Append(uint sum, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~sum;
        while (bytes.Length >= 3 * StretchBytes)
        {
            crc = ThreeStretches(crc, bytes[..(3 * StretchBytes)]);
            bytes = bytes[(3 * StretchBytes)..];
        }
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }
        foreach (byte b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    private static uint ThreeStretches(uint first, ReadOnlySpan<byte> bytes)
    {
        uint second = 0;
        uint third = 0;
        for (int i = 0; i <= StretchBytes - 8; i += 8)
        {
            first = BitOperations.Crc32C(first, BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..]));
            second = BitOperations.Crc32C(
                second, BinaryPrimitives.ReadUInt64LittleEndian(bytes[(StretchBytes + i)..]));
            third = BitOperations.Crc32C(
                third, BinaryPrimitives.ReadUInt64LittleEndian(bytes[((2 * StretchBytes) + i)..]));
        }
        return Past(Past(first) ^ second) ^ third;
    }

    private static uint Past(uint crc) =>
        PastStretch[crc & 0xFF] ^ PastStretch[256 + ((crc >> 8) & 0xFF)]
        ^ PastStretch[512 + ((crc >> 16) & 0xFF)] ^ PastStretch[768 + (crc >> 24)];

    private static uint[] MakePastStretch()
    {
        uint[] tables = new uint[4 * 256];
        for (int bit = 0; bit < 32; bit++)
        {
            uint crc = 1u << bit;
            for (int i = 0; i < StretchBytes; i += 8) crc = BitOperations.Crc32C(crc, 0UL);
            int table = 256 * (bit >> 3);
            int step = 1 << (bit & 7);
            for (int value = 0; value < 256; value++)
                if ((value & step) != 0) tables[table + value] ^= crc;
        }
        return tables;
    }
}
