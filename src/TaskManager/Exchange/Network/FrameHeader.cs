using System.Buffers.Binary;
using Millrace.Shared.Checkpoints;

namespace Millrace.TaskManager.Exchange.Network;

/// <summary>What a frame carries; from 16 on, what goes back from the receiver to the sender.</summary>
internal enum FrameKind : byte
{
    Open = 1,
    Batch = 2,
    Watermark = 3,
    Barrier = 4,
    Idle = 5,
    Active = 6,
    End = 7,
    Close = 8,
    Credit = 16,
    Stop = 17,
    Refuse = 18,
}

/// <summary>The first bytes of every frame; docs/exchange.md has the format.</summary>
/// <param name="PayloadBytes">What follows the header.</param>
/// <param name="RawBytes">The payload after decompression; what credits count.</param>
internal readonly record struct FrameHeader(
    FrameKind Kind, bool IsCompressed, int Channel, int PayloadBytes, int RawBytes)
{
    public const int SizeBytes = 24;
    private const int PayloadChecksumAt = 16;
    private const int HeaderChecksumAt = 20;

    /// <summary>Fills the room before the payload, checksum included.</summary>
    /// <param name="frame">Header and payload, the payload complete.</param>
    public void Write(Span<byte> frame)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, PayloadBytes);
        frame[4] = (byte)Kind;
        frame[5] = IsCompressed ? (byte)1 : (byte)0;
        frame[6] = 0;
        frame[7] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(frame[8..], Channel);
        BinaryPrimitives.WriteInt32LittleEndian(frame[12..], RawBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[PayloadChecksumAt..], Crc32C.Of(frame[SizeBytes..]));
        BinaryPrimitives.WriteUInt32LittleEndian(
            frame[HeaderChecksumAt..], Crc32C.Of(frame[..HeaderChecksumAt]));
    }

    /// <param name="bytes">At least a header.</param>
    /// <exception cref="InvalidDataException">
    /// A length is out of range, or the header is not as it was sent: nobody then waits for bytes that a
    /// damaged length announces.
    /// </exception>
    public static FrameHeader Read(ReadOnlySpan<byte> bytes, int maxFrameBytes)
    {
        Verify(bytes[..HeaderChecksumAt], bytes[HeaderChecksumAt..]);
        var header = new FrameHeader(
            (FrameKind)bytes[4],
            bytes[5] != 0,
            BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]));
        if (header.PayloadBytes < 0 || header.PayloadBytes > maxFrameBytes
            || header.RawBytes < 0 || header.RawBytes > maxFrameBytes)
            throw new InvalidDataException(
                $"a frame announces {Math.Max((uint)header.PayloadBytes, (uint)header.RawBytes)} bytes, "
                + $"the limit is {maxFrameBytes}");
        return header;
    }

    /// <exception cref="InvalidDataException">The payload is not as it was sent.</exception>
    public static void VerifyPayload(ReadOnlySpan<byte> frame) =>
        Verify(frame[SizeBytes..], frame[PayloadChecksumAt..]);

    private static void Verify(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> checksum)
    {
        if (Crc32C.Of(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(checksum))
            throw new InvalidDataException("the checksum of a frame does not match");
    }
}
