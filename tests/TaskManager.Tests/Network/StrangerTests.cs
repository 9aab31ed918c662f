using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Millrace.TaskManager.Exchange;
using Millrace.TaskManager.Exchange.Network;
using Xunit;

namespace Millrace.TaskManager.Tests.Network;

/// <summary>Whatever is thrown at a data port is closed with one line, and records go on flowing.</summary>
[Collection(nameof(AloneCollection))]
public sealed class StrangerTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly ExchangePair _pair = new();
    private readonly ChannelEnd<IChannelWriter> _writer;
    private readonly ChannelEnd<IChannelReader> _reader;
    private readonly Socket _stranger = new(SocketType.Stream, ProtocolType.Tcp);

    public StrangerTests()
    {
        _writer = _pair.Writer(ExchangePair.Id(0));
        _reader = _pair.Reader(ExchangePair.Id(0));
        _stranger.Connect(IPEndPoint.Parse(_pair.To.Address));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        _stranger.Dispose();
        await _pair.DisposeAsync();
    }

    [Fact]
    public void Garbage_is_closed_at_its_first_bytes()
    {
        _stranger.Send("GET / HTTP/1.1\r\n\r\n"u8);
        AssertClosed("does not speak Millrace's exchange protocol");
    }

    [Fact]
    public void Random_bytes_without_end_are_closed()
    {
        byte[] noise = new byte[1 << 20];
        new Random(1).NextBytes(noise);
        try
        {
            for (int i = 0; i < 100; i++) _stranger.Send(noise);
        }
        catch (SocketException)
        {
            // The port has closed, as it should.
        }
        AssertClosed("does not speak Millrace's exchange protocol");
    }

    [Fact]
    public async Task Half_a_greeting_is_closed()
    {
        byte[] greeting = await GreetingAsync(new Greeting("", "millrace", "127.0.0.1:9", default, 1));
        _stranger.Send(greeting.AsSpan(0, greeting.Length / 2));
        _stranger.Shutdown(SocketShutdown.Send);
        AssertClosed("closed the connection before it had greeted");
    }

    [Fact]
    public async Task A_greeting_that_was_damaged_is_refused()
    {
        byte[] greeting = await GreetingAsync(new Greeting("", "millrace", "127.0.0.1:9", default, 1));
        greeting[^1] ^= 1;
        _stranger.Send(greeting);
        AssertClosed("checksum of its greeting");
    }

    [Fact]
    public async Task A_process_of_another_cluster_is_refused_and_told_why()
    {
        await using var other = NetworkExchange.Start(new ExchangeOptions { Cluster = "other" });
        var writer = new ChannelEnd<IChannelWriter>((wake, lost) =>
            ((IExchange)other).OpenWriter(ExchangePair.Id(5), _pair.To.Address, wake, lost));
        Assert.Contains(
            "it belongs to cluster 'other', this process to 'millrace'", writer.AwaitFailure().Message,
            StringComparison.Ordinal);
        writer.End.Dispose();
        AssertRefused("it belongs to cluster 'other', this process to 'millrace'");
    }

    [Fact]
    public async Task A_process_of_another_protocol_is_refused()
    {
        byte[] greeting = await GreetingAsync(new Greeting("", "millrace", "127.0.0.1:9", default, 1));
        greeting[4]++;
        _stranger.Send(greeting);
        AssertClosed("it speaks exchange protocol 2, this process 1");
    }

    [Fact]
    public async Task A_frame_that_announces_2_GB_is_closed_without_taking_memory()
    {
        await GreetAsync();
        _stranger.Send(Announcement(int.MaxValue));
        AssertClosed("announces 2147483647 bytes");
    }

    [Fact]
    public async Task A_frame_that_announces_what_is_allowed_takes_memory_as_its_bytes_arrive()
    {
        await GreetAsync();
        _stranger.Send(Announcement(60 << 20));
        AssertRecordsFlow();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        _stranger.Send(new byte[1000]);
        _stranger.Shutdown(SocketShutdown.Send);
        AssertClosed("closed within a frame");
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 1 << 20);
    }

    [Fact]
    public async Task A_frame_with_a_wrong_checksum_is_closed()
    {
        await GreetAsync();
        Frame open = Frame.Open(1, ExchangePair.Id(9));
        byte[] bytes = open.Bytes.ToArray();
        bytes[^1] ^= 1;
        _stranger.Send(bytes);
        AssertClosed("checksum of a frame does not match");
    }

    [Fact]
    public async Task A_sender_that_does_not_wait_for_credit_is_closed()
    {
        await GreetAsync();
        _stranger.Send(Frame.Open(1, ExchangePair.Id(9)).Bytes.Span);
        Shared.Columns.ColumnBatch batch = ExchangePair.Batch(1).Batch;
        byte[] frame = Frame.Of(1, batch, (int)BatchCodec.SizeOf(batch), false).Bytes.ToArray();
        // The first credits, what may be overdrawn, and one.
        for (int i = 0; i < 8 + 16 + 1; i++) _stranger.Send(frame);
        AssertClosed("came without credit");
        Condition.Await(() => _pair.To.OpenChannels == 1);
    }

    [Fact]
    public async Task Nobody_may_keep_a_connection_without_greeting()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var exchange = NetworkExchange.Start(new ExchangeOptions { Time = time }, _pair.ToLog);
        using var slow = new Socket(SocketType.Stream, ProtocolType.Tcp);
        slow.Connect(IPEndPoint.Parse(exchange.Address));
        slow.Send("M"u8);
        // The timer of the connection must exist before time passes: pass time until the line is there.
        Condition.Await(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return _pair.ToLog.Lines.Length > 0;
        });
        AssertRefused("it did not greet in time");
    }

    [Fact]
    public void Connections_that_do_not_greet_are_limited()
    {
        // The connection that is to live on has greeted before there are too many.
        AssertRecordsFlow();
        var sockets = new List<Socket>();
        for (int i = 0; i < 130; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPEndPoint.Parse(_pair.To.Address));
            sockets.Add(socket);
        }
        Condition.Await(() => _pair.ToLog.Lines.Length > 0);
        Assert.Contains("too many have not greeted yet", _pair.ToLog.Lines[0], StringComparison.Ordinal);
        AssertRecordsFlow();
        foreach (Socket socket in sockets) socket.Dispose();
    }

    /// <summary>A header for a payload of that size, as if it followed.</summary>
    private static byte[] Announcement(int payloadBytes)
    {
        byte[] header = new byte[FrameHeader.SizeBytes];
        BinaryPrimitives.WriteInt32LittleEndian(header, payloadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(
            header.AsSpan(20), Shared.Checkpoints.Crc32C.Of(header.AsSpan(0, 20)));
        return header;
    }

    [Fact]
    public async Task A_length_that_was_damaged_is_found_out_before_its_bytes_are_waited_for()
    {
        await GreetAsync();
        byte[] header = Announcement(10);
        header[2] ^= 4;
        _stranger.Send(header);
        AssertClosed("checksum of a frame does not match");
    }

    private async Task GreetAsync()
    {
        _stranger.Send(await GreetingAsync(new Greeting("", "millrace", "127.0.0.1:9", default, 1 << 20)));
        using var stream = new NetworkStream(_stranger, ownsSocket: false);
        Greeting answer = await Greeting.ReceiveAsync(stream, CancellationToken.None);
        Assert.Equal("", answer.Refusal);
    }

    private static async Task<byte[]> GreetingAsync(Greeting greeting)
    {
        var bytes = new MemoryStream();
        await greeting.SendAsync(bytes, CancellationToken.None);
        return bytes.ToArray();
    }

    private void AssertClosed(string why)
    {
        byte[] rest = new byte[4096];
        try
        {
            while (_stranger.Receive(rest) > 0) { }
        }
        catch (SocketException)
        {
            // Closed with bytes that nobody will read.
        }
        AssertRefused(why);
    }

    private void AssertRefused(string why)
    {
        Condition.Await(() => _pair.ToLog.Lines.Length > 0);
        Assert.Contains(why, Assert.Single(_pair.ToLog.Lines), StringComparison.Ordinal);
        AssertRecordsFlow();
    }

    private void AssertRecordsFlow()
    {
        _writer.End.Write(ExchangePair.Batch(42));
        Assert.Equal([42], _reader.NextValues());
        Assert.Null(_writer.Failure);
    }
}
