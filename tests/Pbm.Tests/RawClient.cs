using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Millrace.CommandProtocol;

namespace Millrace.Pbm.Tests;

/// <summary>A client that says what a test wants, right or wrong.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient _client = new() { NoDelay = true };

    private NetworkStream Stream => _client.GetStream();

    public static async Task<RawClient> OpenAsync(string address)
    {
        var client = new RawClient();
        await client._client.ConnectAsync(IPEndPoint.Parse(address));
        return client;
    }

    /// <summary>Greeted.</summary>
    public static async Task<RawClient> GreetAsync(string address)
    {
        RawClient client = await OpenAsync(address);
        await client.SendAsync(new ClientFrame { Hello = new ClientHello(Protocol.Version, "test") });
        await client.ReceiveAsync();
        return client;
    }

    public Task SendAsync(ClientFrame frame) => SendFrameAsync(FrameCodec.Encode(frame));

    public async Task SendFrameAsync(byte[] body)
    {
        await SendBytesAsync(Prefix((uint)body.Length));
        await SendBytesAsync(body);
    }

    public static byte[] Prefix(uint length)
    {
        byte[] prefix = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(prefix, length);
        return prefix;
    }

    public Task SendBytesAsync(byte[] bytes) => Stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);

    public async Task<ServerFrame> ReceiveAsync()
    {
        var reader = new FrameReader(Stream, Patience, TimeProvider.System);
        byte[]? json = await reader.ReadAsync(() => Protocol.MaxAnswerBytes, default).WaitAsync(Patience);
        return json is null ? throw new EndOfStreamException() : FrameCodec.DecodeServer(json);
    }

    /// <summary>Reads on until the server closes.</summary>
    public async Task ClosedAsync()
    {
        byte[] rest = new byte[4096];
        try
        {
            while (await Stream.ReadAsync(rest).AsTask().WaitAsync(Patience) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset, since the server had not read all.
        }
    }

    public void Dispose() => _client.Dispose();
}
