using System.Buffers.Binary;
using System.Numerics;

namespace Millrace.Operators.Functions.Hashing;

/// <summary>
/// SHA-224 (FIPS 180-4), which .NET lacks: SHA-256 from other initial values, cut to 28 bytes.
/// </summary>
internal static class Sha224
{
    private const int BlockBytes = 64;

    private static readonly uint[] Constants = CubeRoots();

    /// <param name="hash">Room for 28 bytes.</param>
    /// <returns>28.</returns>
    public static int HashData(ReadOnlySpan<byte> source, Span<byte> hash)
    {
        uint[] state =
        [
            0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4,
        ];
        ulong bits = (ulong)source.Length * 8;
        for (; source.Length >= BlockBytes; source = source[BlockBytes..]) Compress(state, source);
        Span<byte> last = stackalloc byte[2 * BlockBytes];
        last.Clear();
        source.CopyTo(last);
        last[source.Length] = 0x80;
        int size = source.Length + 9 <= BlockBytes ? BlockBytes : 2 * BlockBytes;
        BinaryPrimitives.WriteUInt64BigEndian(last[(size - 8)..], bits);
        for (int at = 0; at < size; at += BlockBytes) Compress(state, last[at..]);
        for (int i = 0; i < 7; i++) BinaryPrimitives.WriteUInt32BigEndian(hash[(4 * i)..], state[i]);
        return 28;
    }

    private static void Compress(uint[] state, ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[64];
        for (int i = 0; i < 16; i++) w[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * i)..]);
        for (int i = 16; i < 64; i++)
        {
            uint s0 = Rotate(w[i - 15], 7) ^ Rotate(w[i - 15], 18) ^ (w[i - 15] >> 3);
            uint s1 = Rotate(w[i - 2], 17) ^ Rotate(w[i - 2], 19) ^ (w[i - 2] >> 10);
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        (uint a, uint b, uint c, uint d) = (state[0], state[1], state[2], state[3]);
        (uint e, uint f, uint g, uint h) = (state[4], state[5], state[6], state[7]);
        for (int i = 0; i < 64; i++)
        {
            uint t1 = h + (Rotate(e, 6) ^ Rotate(e, 11) ^ Rotate(e, 25))
                + ((e & f) ^ (~e & g)) + Constants[i] + w[i];
            uint t2 = (Rotate(a, 2) ^ Rotate(a, 13) ^ Rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + t2);
        }
        ReadOnlySpan<uint> mixed = [a, b, c, d, e, f, g, h];
        for (int i = 0; i < 8; i++) state[i] += mixed[i];
    }

    private static uint Rotate(uint value, int bits) => BitOperations.RotateRight(value, bits);

    /// <summary>
    /// The first 32 fraction bits of the cube roots of the first 64 primes, by exact integer roots.
    /// </summary>
    private static uint[] CubeRoots()
    {
        var constants = new uint[64];
        for ((int prime, int found) = (2, 0); found < 64; prime++)
        {
            if (!IsPrime(prime)) continue;
            BigInteger cube = (BigInteger)prime << 96;
            BigInteger root = 0;
            for (int bit = 35; bit >= 0; bit--)
            {
                BigInteger candidate = root | (BigInteger.One << bit);
                if (candidate * candidate * candidate <= cube) root = candidate;
            }
            constants[found++] = (uint)(root & uint.MaxValue);
        }
        return constants;
    }

    private static bool IsPrime(int number)
    {
        for (int divisor = 2; divisor * divisor <= number; divisor++)
            if (number % divisor == 0) return false;
        return true;
    }
}
