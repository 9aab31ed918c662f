using System.Buffers.Binary;
using Millrace.Shared.Checkpoints;

namespace Millrace.TaskManager.Exchange.Network;

/// <summary>
/// The first message of each side: who speaks, or why it will not. Its outer form stays the same in all
/// protocol versions, so that a stranger of another version gets a clear answer.
/// </summary>
/// <param name="Refusal">Empty, or why the other side is refused; then nothing else counts.</param>
/// <param name="Address">host:port of the speaker's data port.</param>
internal sealed record Greeting(
    string Refusal, string Cluster, string Address, CreditGrant FirstCredit, int MaxFrameBytes)
{
    public const int Protocol = 1;
    private const int HeadBytes = 12;
    private const int MaxBodyBytes = 1000;
    private static ReadOnlySpan<byte> Magic => "MREX"u8;

    public static Greeting Refuse(string why) => new(Cut(why), "", "", default, 0);

    public ValueTask SendAsync(Stream stream, CancellationToken cancel)
    {
        byte[] body = new byte[MaxBodyBytes];
        int size = WriteBody(body);
        byte[] message = new byte[HeadBytes + size];
        Magic.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), Protocol);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(6), (ushort)size);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), Crc32C.Of(body.AsSpan(0, size)));
        body.AsSpan(0, size).CopyTo(message.AsSpan(HeadBytes));
        return stream.WriteAsync(message, cancel);
    }

    /// <exception cref="InvalidDataException">It is none, or one of another protocol; the message says
    /// so.</exception>
    /// <exception cref="IOException">The connection ended before.</exception>
    public static async Task<Greeting> ReceiveAsync(Stream stream, CancellationToken cancel)
    {
        byte[] head = new byte[HeadBytes];
        await ReadAsync(stream, head.AsMemory(0, Magic.Length), cancel).ConfigureAwait(false);
        if (!head.AsSpan(0, Magic.Length).SequenceEqual(Magic))
            throw new InvalidDataException("it does not speak Millrace's exchange protocol");
        await ReadAsync(stream, head.AsMemory(Magic.Length), cancel).ConfigureAwait(false);
        int protocol = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(4));
        if (protocol != Protocol)
            throw new InvalidDataException(
                $"it speaks exchange protocol {protocol}, this process {Protocol}");
        int size = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(6));
        if (size > MaxBodyBytes) throw new InvalidDataException($"its greeting announces {size} bytes");
        byte[] body = new byte[size];
        await ReadAsync(stream, body, cancel).ConfigureAwait(false);
        if (Crc32C.Of(body) != BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(8)))
            throw new InvalidDataException("the checksum of its greeting does not match");
        return ReadBody(body);
    }

    private int WriteBody(Span<byte> room)
    {
        var output = new PayloadWriter(room);
        output.Text(Refusal);
        output.Text(Cluster);
        output.Text(Address);
        output.Int32(FirstCredit.Batches);
        output.Int32(FirstCredit.Controls);
        output.Int64(FirstCredit.Bytes);
        output.Int32(MaxFrameBytes);
        return output.WrittenBytes;
    }

    private static Greeting ReadBody(ReadOnlySpan<byte> body)
    {
        var input = new PayloadReader(body);
        string refusal = input.Text();
        string cluster = input.Text();
        string address = input.Text();
        int batches = input.Count();
        int controls = input.Count();
        var credit = new CreditGrant(batches, controls, input.Int64());
        return new Greeting(refusal, cluster, address, credit, input.Count());
    }

    private static async Task ReadAsync(Stream stream, Memory<byte> target, CancellationToken cancel)
    {
        int read = await stream.ReadAtLeastAsync(
            target, target.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
        if (read < target.Length) throw new IOException("it closed the connection before it had greeted");
    }

    /// <summary>A sentence that fits into the body whatever characters it has.</summary>
    private static string Cut(string text) => text.Length > 200 ? text[..200] : text;
}
