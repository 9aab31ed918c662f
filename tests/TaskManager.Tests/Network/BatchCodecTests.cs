using FsCheck.Xunit;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;
using Millrace.TaskManager.Exchange;
using Millrace.TaskManager.Exchange.Network;
using Xunit;

namespace Millrace.TaskManager.Tests.Network;

public sealed class BatchCodecTests
{
    [Property(MaxTest = 200)]
    public void A_batch_of_any_columns_comes_out_of_its_frame_as_it_went_in(int seed, bool compress)
    {
        var random = new Random(seed);
        var batches = new RandomBatches(random);
        Schema schema = batches.NextSchema();
        ColumnBatch batch = batches.Next(schema, random.Next(0, 200));
        Frame frame = Frame.Of(7, batch, (int)BatchCodec.SizeOf(batch), compress);
        FrameHeader header = Read(frame, out ReadOnlySpan<byte> payload);
        Assert.Equal((FrameKind.Batch, 7), (header.Kind, header.Channel));
        ColumnBatch read = Frame.ReadElement(header, payload).Batch;
        frame.Release();
        RandomBatches.AssertSame(schema, batch, read);
        batch.Release();
        read.Release();
    }

    [Property(MaxTest = 200)]
    public void A_payload_with_any_bytes_changed_is_a_batch_or_refused(int seed)
    {
        var random = new Random(seed);
        var batches = new RandomBatches(random);
        ColumnBatch batch = batches.Next(batches.NextSchema(), random.Next(0, 50));
        byte[] payload = new byte[BatchCodec.SizeOf(batch)];
        BatchCodec.Write(batch, payload);
        for (int i = random.Next(1, 4); i > 0; i--)
            payload[random.Next(payload.Length)] = (byte)random.Next();
        byte[] cut = payload[..random.Next(payload.Length / 2, payload.Length + 1)];
        try
        {
            BatchCodec.Read(cut);
        }
        catch (InvalidDataException)
        {
            return;
        }
    }

    [Property(MaxTest = 100)]
    public void A_frame_with_one_bit_flipped_is_found_out(int seed)
    {
        var random = new Random(seed);
        var batches = new RandomBatches(random);
        ColumnBatch batch = batches.Next(batches.NextSchema(), random.Next(0, 500));
        Frame frame = Frame.Of(1, batch, (int)BatchCodec.SizeOf(batch), false);
        byte[] bytes = frame.Bytes.ToArray();
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        Assert.Throws<InvalidDataException>(() =>
        {
            FrameHeader.Read(bytes, 1 << 20);
            FrameHeader.VerifyPayload(bytes);
        });
    }

    [Fact]
    public void Control_elements_come_out_of_their_frames_as_they_went_in()
    {
        var barrier = new Barrier(new Shared.Dataflow.CheckpointId(9), "/a/ü", true, true)
        {
            AlignmentLimit = TimeSpan.FromSeconds(2),
        };
        Assert.Equal(barrier, RoundTrip(Element.Of(barrier)).Barrier);
        var watermark = new Shared.Dataflow.Watermark(-5);
        Assert.Equal(watermark, RoundTrip(Element.Of(watermark)).Watermark);
        foreach (Element element in (Element[])[Element.Idle, Element.Active, Element.End])
            Assert.Equal(element.Kind, RoundTrip(element).Kind);
    }

    [Fact]
    public void A_compressed_frame_of_repeated_values_is_shorter()
    {
        var batch = new ColumnBatch([FixedColumn<long>.Constant(5, 4096)], 4096);
        Frame plain = Frame.Of(1, batch, (int)BatchCodec.SizeOf(batch), false);
        Frame packed = Frame.Of(1, batch, (int)BatchCodec.SizeOf(batch), true);
        Assert.True(packed.Bytes.Length < plain.Bytes.Length / 10);
        Assert.Equal(plain.Header.RawBytes, packed.Header.RawBytes);
    }

    private static Element RoundTrip(Element element)
    {
        FrameHeader header = Read(Frame.Of(3, element), out ReadOnlySpan<byte> payload);
        return Frame.ReadElement(header, payload);
    }

    private static FrameHeader Read(Frame frame, out ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<byte> bytes = frame.Bytes.Span;
        FrameHeader.VerifyPayload(bytes);
        payload = bytes[FrameHeader.SizeBytes..];
        return FrameHeader.Read(bytes, 1 << 20);
    }
}
