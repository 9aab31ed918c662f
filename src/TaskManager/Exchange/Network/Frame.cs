using System.Buffers;
using K4os.Compression.LZ4;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;

namespace Millrace.TaskManager.Exchange.Network;

/// <summary>A frame ready to be sent, in a pooled buffer; whoever sends or drops it releases it
/// once.</summary>
internal readonly struct Frame
{
    /// <summary>Below this, compression saves less than it costs.</summary>
    private const int MinCompressedBytes = 512;
    private const int AlwaysAligned = -1;
    private readonly byte[] _buffer;

    private Frame(byte[] buffer, FrameHeader header)
    {
        _buffer = buffer;
        Header = header;
        header.Write(Bytes.Span);
    }

    public FrameHeader Header { get; }

    public Memory<byte> Bytes => _buffer.AsMemory(0, FrameHeader.SizeBytes + Header.PayloadBytes);

    public void Release() => ArrayPool<byte>.Shared.Return(_buffer);

    public static Frame Of(FrameKind kind, int channel) => Make(kind, channel, 0, static (_, _) => { }, 0);

    public static Frame Open(int channel, ChannelId id) =>
        Make(FrameKind.Open, channel, PayloadWriter.SizeOf(id.JobId) + 16, static (room, id) =>
        {
            var payload = new PayloadWriter(room);
            payload.Text(id.JobId);
            payload.Int32(id.Attempt);
            payload.Int32(id.Edge);
            payload.Int32(id.From);
            payload.Int32(id.To);
        }, id);

    public static ChannelId ReadOpen(ReadOnlySpan<byte> payload)
    {
        var input = new PayloadReader(payload);
        var id = new ChannelId(input.Text(), input.Int32(), input.Int32(), input.Int32(), input.Int32());
        input.End();
        return id;
    }

    public static Frame Credit(int channel, CreditGrant grant) =>
        Make(FrameKind.Credit, channel, 16, static (room, grant) =>
        {
            var payload = new PayloadWriter(room);
            payload.Int32(grant.Batches);
            payload.Int32(grant.Controls);
            payload.Int64(grant.Bytes);
        }, grant);

    public static CreditGrant ReadCredit(ReadOnlySpan<byte> payload)
    {
        var input = new PayloadReader(payload);
        int batches = input.Count();
        int controls = input.Count();
        var grant = new CreditGrant(batches, controls, input.Int64());
        input.End();
        return grant;
    }

    public static Frame Refuse(int channel, string reason) =>
        Make(FrameKind.Refuse, channel, PayloadWriter.SizeOf(reason), static (room, reason) =>
        {
            var payload = new PayloadWriter(room);
            payload.Text(reason);
        }, reason);

    public static string ReadRefuse(ReadOnlySpan<byte> payload) => new PayloadReader(payload).Text();

    /// <summary>A batch, copied; the caller keeps its reference.</summary>
    /// <param name="payloadBytes">What <see cref="BatchCodec.SizeOf(ColumnBatch)"/> says.</param>
    public static Frame Of(int channel, ColumnBatch batch, int payloadBytes, bool compress)
    {
        byte[] plain = ArrayPool<byte>.Shared.Rent(FrameHeader.SizeBytes + payloadBytes);
        BatchCodec.Write(batch, plain.AsSpan(FrameHeader.SizeBytes, payloadBytes));
        if (compress && payloadBytes >= MinCompressedBytes && Compressed(plain, payloadBytes) is { } packed)
        {
            ArrayPool<byte>.Shared.Return(plain);
            var header = new FrameHeader(FrameKind.Batch, true, channel, packed.SizeBytes, payloadBytes);
            return new Frame(packed.Buffer, header);
        }
        return new Frame(plain, new FrameHeader(FrameKind.Batch, false, channel, payloadBytes, payloadBytes));
    }

    /// <summary>A control element.</summary>
    public static Frame Of(int channel, Element element) => element.Kind switch
    {
        ElementKind.Watermark => Make(FrameKind.Watermark, channel, 8, static (room, watermark) =>
        {
            var payload = new PayloadWriter(room);
            payload.Int64(watermark.Milliseconds);
        }, element.Watermark),
        ElementKind.Barrier => Of(channel, element.Barrier),
        ElementKind.Idle => Of(FrameKind.Idle, channel),
        ElementKind.Active => Of(FrameKind.Active, channel),
        _ => Of(FrameKind.End, channel),
    };

    /// <summary>The element of a frame that carries one.</summary>
    /// <exception cref="InvalidDataException">The payload is not that of such a frame.</exception>
    public static Element ReadElement(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        var input = new PayloadReader(payload);
        switch (header.Kind)
        {
            case FrameKind.Batch:
                return Element.Of(ReadBatch(header, payload));
            case FrameKind.Watermark:
                return Element.Of(new Watermark(input.Int64()));
            case FrameKind.Barrier:
                return Element.Of(ReadBarrier(ref input));
            case FrameKind.Idle:
                return Element.Idle;
            case FrameKind.Active:
                return Element.Active;
            default:
                return Element.End;
        }
    }

    private static Frame Of(int channel, Barrier barrier) =>
        Make(FrameKind.Barrier, channel, 13 + PayloadWriter.SizeOf(barrier.Folder), static (room, barrier) =>
        {
            var payload = new PayloadWriter(room);
            payload.Int64(barrier.Checkpoint.Value);
            payload.Byte((byte)((barrier.IsSavepoint ? 1 : 0) | (barrier.StopsSources ? 2 : 0)));
            payload.Int32(barrier.AlignmentLimit is { } limit
                ? (int)Math.Min(limit.TotalMilliseconds, int.MaxValue)
                : AlwaysAligned);
            payload.Text(barrier.Folder);
        }, barrier);

    private static Barrier ReadBarrier(ref PayloadReader input)
    {
        var checkpoint = new CheckpointId(input.Int64());
        byte flags = input.Byte();
        int limit = input.Int32();
        return new Barrier(checkpoint, input.Text(), (flags & 1) != 0, (flags & 2) != 0)
        {
            AlignmentLimit = limit < 0 ? null : TimeSpan.FromMilliseconds(limit),
        };
    }

    private static ColumnBatch ReadBatch(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (!header.IsCompressed) return BatchCodec.Read(payload);
        byte[] plain = ArrayPool<byte>.Shared.Rent(Math.Max(1, header.RawBytes));
        try
        {
            if (LZ4Codec.Decode(payload, plain.AsSpan(0, header.RawBytes)) != header.RawBytes)
                throw new InvalidDataException("a compressed payload has another length than announced");
            return BatchCodec.Read(plain.AsSpan(0, header.RawBytes));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    /// <returns>Null where the payload would not become shorter.</returns>
    private static (byte[] Buffer, int SizeBytes)? Compressed(byte[] plain, int payloadBytes)
    {
        byte[] packed = ArrayPool<byte>.Shared.Rent(FrameHeader.SizeBytes + payloadBytes);
        int size = LZ4Codec.Encode(
            plain.AsSpan(FrameHeader.SizeBytes, payloadBytes),
            packed.AsSpan(FrameHeader.SizeBytes, payloadBytes - 1));
        if (size > 0) return (packed, size);
        ArrayPool<byte>.Shared.Return(packed);
        return null;
    }

    private static Frame Make<T>(
        FrameKind kind, int channel, int payloadBytes, PayloadFill<T> fill, T content)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(FrameHeader.SizeBytes + payloadBytes);
        fill(buffer.AsSpan(FrameHeader.SizeBytes, payloadBytes), content);
        return new Frame(buffer, new FrameHeader(kind, false, channel, payloadBytes, payloadBytes));
    }

    private delegate void PayloadFill<T>(Span<byte> room, T content);
}

/// <summary>What a receiver lets a sender send on one channel, beyond what it let before.</summary>
internal readonly record struct CreditGrant(int Batches, int Controls, long Bytes);
