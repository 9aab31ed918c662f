using FsCheck.Xunit;
using Millrace.CommandProtocol;
using Xunit;

namespace Millrace.Pbm.Tests;

public sealed class FrameTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Property]
    public bool Frames_come_out_as_they_went_in_however_they_are_cut(byte[][]? bodies, byte cut)
    {
        byte[][] frames = [.. (bodies ?? []).Select(b => b ?? [])];
        using var written = new MemoryStream();
        using (var writer = new FrameWriter(written, Patience, TimeProvider.System))
            foreach (byte[] frame in frames) Write(writer, frame);
        var cutUp = new Trickle(written.ToArray(), 1 + cut % 7);
        var reader = new FrameReader(cutUp, Patience, TimeProvider.System);
        foreach (byte[] frame in frames)
            if (!frame.SequenceEqual(Read(reader)!)) return false;
        return Read(reader) is null;
    }

    [Fact]
    public void A_large_frame_comes_out_whole()
    {
        byte[] body = [.. Enumerable.Range(0, 100_000).Select(i => (byte)i)];
        using var written = new MemoryStream();
        using (var writer = new FrameWriter(written, Patience, TimeProvider.System))
            Write(writer, body);
        Assert.Equal(body, Read(new FrameReader(
            new Trickle(written.ToArray(), 999), Patience, TimeProvider.System)));
    }

    [Fact]
    public void A_length_that_is_only_claimed_costs_next_to_nothing()
    {
        byte[] claim = [0x00, 0xFF, 0xFF, 0xFF, 1];
        long before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new FrameReader(new Trickle(claim, 5), Patience, TimeProvider.System);
        Assert.Throws<BadFrameException>(() => Read(reader));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Members_that_are_not_known_are_ignored() => Assert.Equal(
        "x", FrameCodec.DecodeServer("""{"note":{"text":"x","colour":"red"},"later":{}}"""u8).Note!.Text);

    /// <summary>Streams in memory never wait.</summary>
    private static void Write(FrameWriter writer, byte[] frame) =>
        writer.WriteAsync(frame, default).GetAwaiter().GetResult();

    private static byte[]? Read(FrameReader reader) =>
        reader.ReadAsync(() => int.MaxValue, default).GetAwaiter().GetResult();

    /// <summary>Gives a few bytes at a time, at once.</summary>
    private sealed class Trickle(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel = default) =>
            base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancel);
    }
}
