using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;
using Millrace.Shared.Columns;

namespace Millrace.Connectors.Formats.Json;

/// <summary>
/// Vector kernels over raw JSON bytes. All read up to <see cref="LineDecoder.SlackBytes"/> bytes from where
/// they are pointed to, whatever the data's end is.
/// </summary>
internal static unsafe class JsonBytes
{
    /// <summary>How many bytes <see cref="PlainLength"/> looks at.</summary>
    public const int Window = 64;

    /// <summary>The most digits that <see cref="ParseDigits"/> takes, and one more than it counts.</summary>
    public const int MaxDigits = 16;

    /// <summary>
    /// How many of the next <see cref="Window"/> bytes are plain: printable ASCII, neither a quote nor a
    /// backslash.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PlainLength(byte* text)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<byte> bytes = Vector512.Load(text);
            // As signed bytes, both control characters and those beyond ASCII are below the space.
            Vector512<byte> special = Vector512.Equals(bytes, Vector512.Create((byte)'"'))
                | Vector512.Equals(bytes, Vector512.Create((byte)'\\'))
                | Vector512.LessThan(bytes.AsSByte(), Vector512.Create((sbyte)' ')).AsByte();
            return BitOperations.TrailingZeroCount(special.ExtractMostSignificantBits());
        }
        uint low = SpecialBits(Vector256.Load(text));
        if (low != 0) return BitOperations.TrailingZeroCount(low);
        uint high = SpecialBits(Vector256.Load(text + 32));
        return 32 + BitOperations.TrailingZeroCount(high);
    }

    /// <summary>How many digits follow, up to <see cref="MaxDigits"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int DigitCount(byte* text)
    {
        Vector128<byte> above = Vector128.Load(text) - Vector128.Create((byte)'0');
        Vector128<byte> isDigit = Vector128.Equals(Vector128.Min(above, Vector128.Create((byte)9)), above);
        return BitOperations.TrailingZeroCount(~isDigit.ExtractMostSignificantBits());
    }

    /// <summary>The number that the next 1 to <see cref="MaxDigits"/> bytes, all digits, are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long ParseDigits(byte* text, int count)
    {
        if (count <= 8) return EightDigits(Unsafe.ReadUnaligned<ulong>(text) << (64 - 8 * count));
        long high = EightDigits(Unsafe.ReadUnaligned<ulong>(text) << (128 - 8 * count));
        return high * 100_000_000 + EightDigits(Unsafe.ReadUnaligned<ulong>(text + count - 8));
    }

    /// <summary>Appends bytes as a value; cheap for short ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Append(byte* text, int length, BytesColumnBuilder builder)
    {
        Span<byte> room = builder.Reserve(length + Window);
        fixed (byte* target = room)
        {
            Vector256.Store(Vector256.Load(text), target);
            if (length > 32)
            {
                Vector256.Store(Vector256.Load(text + 32), target + 32);
                if (length > Window) new ReadOnlySpan<byte>(text, length).CopyTo(room);
            }
        }
        builder.Commit(length);
    }

    /// <summary>
    /// Copies the content of a string without its escapes up to the closing quote, checking it on the way.
    /// </summary>
    /// <param name="text">The first byte of the content.</param>
    /// <param name="end">The end of the data.</param>
    /// <param name="target">Room for the result and <see cref="Window"/> bytes more.</param>
    /// <param name="room">Bytes of the result that there is room for.</param>
    /// <param name="written">Bytes of the result.</param>
    /// <returns>Bytes of the content; -1 where it does not end, is too long, is malformed, or holds a
    /// character beyond ASCII, a control character or an escaped surrogate as they are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Unescape(byte* text, byte* end, byte* target, int room, out int written)
    {
        byte* from = text, to = target;
        written = 0;
        while (from < end && to - target <= room)
        {
            Vector256<byte> bytes = Vector256.Load(from);
            Vector256.Store(bytes, to);
            int plain = BitOperations.TrailingZeroCount(SpecialBits(bytes));
            from += plain;
            to += plain;
            if (plain == Vector256<byte>.Count) continue;
            if (*from == '"')
            {
                written = (int)(to - target);
                return from < end && written <= room ? (int)(from - text) : -1;
            }
            int length = *from == '\\' ? UnescapeOne(from, ref to) : 0;
            if (length == 0) return -1;
            from += length;
        }
        return -1;
    }

    /// <returns>The length of the escape; 0 where it is none, or a surrogate's.</returns>
    private static int UnescapeOne(byte* escape, ref byte* target)
    {
        switch (escape[1])
        {
            case (byte)'"' or (byte)'\\' or (byte)'/': *target++ = escape[1]; return 2;
            case (byte)'n': *target++ = (byte)'\n'; return 2;
            case (byte)'t': *target++ = (byte)'\t'; return 2;
            case (byte)'r': *target++ = (byte)'\r'; return 2;
            case (byte)'b': *target++ = (byte)'\b'; return 2;
            case (byte)'f': *target++ = (byte)'\f'; return 2;
            case (byte)'u': return UnescapeUnit(escape + 2, ref target) ? 6 : 0;
            default: return 0;
        }
    }

    private static bool UnescapeUnit(byte* digits, ref byte* target)
    {
        int unit = 0;
        for (int i = 0; i < 4; i++)
        {
            if (!char.IsAsciiHexDigit((char)digits[i])) return false;
            // Letters have bit 6 set, and their low digits count from 1.
            unit = (unit << 4) + (digits[i] & 15) + (digits[i] >> 6) * 9;
        }
        if (!Rune.TryCreate(unit, out Rune rune)) return false;
        target += rune.EncodeToUtf8(new Span<byte>(target, Window));
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SpecialBits(Vector256<byte> bytes) =>
        (Vector256.Equals(bytes, Vector256.Create((byte)'"'))
            | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
            | Vector256.LessThan(bytes.AsSByte(), Vector256.Create((sbyte)' ')).AsByte())
        .ExtractMostSignificantBits();

    /// <summary>Eight digits by three multiplications (Lemire 2018); unused leading bytes are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long EightDigits(ulong digits)
    {
        digits = ((digits & 0x0F0F0F0F0F0F0F0F) * 2561) >> 8;
        digits = ((digits & 0x00FF00FF00FF00FF) * 6553601) >> 16;
        return (long)(((digits & 0x0000FFFF0000FFFF) * 42949672960001) >> 32);
    }
}
