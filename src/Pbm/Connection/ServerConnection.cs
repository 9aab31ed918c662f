using System.Net.Sockets;
using System.Text.Json;
using Millrace.CommandProtocol;
using Millrace.Pbm.CommandLine;

namespace Millrace.Pbm.Connection;

/// <summary>A connection to one JobManager, greeted.</summary>
internal sealed class ServerConnection : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FrameTimeout = TimeSpan.FromSeconds(30);

    private readonly TcpClient _client;
    private readonly FrameReader _reader;
    private readonly FrameWriter _writer;

    private ServerConnection(TcpClient client, Address address)
    {
        _client = client;
        Address = address;
        _reader = new FrameReader(client.GetStream(), FrameTimeout, TimeProvider.System);
        _writer = new FrameWriter(client.GetStream(), FrameTimeout, TimeProvider.System);
    }

    public Address Address { get; }

    /// <summary>What the server said of itself.</summary>
    public ServerHello Hello { get; private set; } = null!;

    /// <summary>The server has closed it; between two commands it says nothing else.</summary>
    public bool IsClosed => !_client.Connected || _client.Client.Poll(0, SelectMode.SelectRead);

    /// <exception cref="UnreachableException">Nobody answers there, or not in this protocol.</exception>
    public static async Task<ServerConnection> OpenAsync(Address address, CancellationToken cancel)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(ConnectTimeout);
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(address.Host, address.Port, late.Token).ConfigureAwait(false);
            var connection = new ServerConnection(client, address);
            await connection.GreetAsync(late.Token).ConfigureAwait(false);
            return connection;
        }
        catch (Exception e)
        {
            client.Dispose();
            if (e is OperationCanceledException && !cancel.IsCancellationRequested)
                throw new UnreachableException(
                    $"{address} did not answer within {ConnectTimeout.TotalSeconds} s");
            if (e is SocketException socket)
                throw new UnreachableException($"{address}: {socket.Message}");
            if (e is ConnectionLostException)
                throw new UnreachableException($"{address} does not speak the protocol of pbm");
            throw;
        }
    }

    /// <exception cref="ConnectionLostException">The server is gone.</exception>
    public async Task SendAsync(ClientFrame frame, CancellationToken cancel)
    {
        try
        {
            await _writer.WriteAsync(FrameCodec.Encode(frame), cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw new ConnectionLostException(Address, e);
        }
    }

    /// <exception cref="ConnectionLostException">The server is gone, or talks nonsense.</exception>
    public async Task<ServerFrame> ReceiveAsync(CancellationToken cancel)
    {
        try
        {
            byte[]? json = await _reader.ReadAsync(() => Protocol.MaxAnswerBytes, cancel)
                .ConfigureAwait(false);
            return json is null
                ? throw new ConnectionLostException(Address, null)
                : FrameCodec.DecodeServer(json);
        }
        catch (Exception e) when (
            e is IOException or ObjectDisposedException or BadFrameException or JsonException)
        {
            throw new ConnectionLostException(Address, e);
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        _client.Dispose();
    }

    private async Task GreetAsync(CancellationToken cancel)
    {
        var hello = new ClientHello(Protocol.Version, PbmProgram.Version);
        await SendAsync(new ClientFrame { Hello = hello }, cancel).ConfigureAwait(false);
        ServerFrame answer = await ReceiveAsync(cancel).ConfigureAwait(false);
        if (answer.Refused is { } refused)
            throw refused.Kind == RefusalKind.Unavailable
                ? new UnreachableException($"{Address}: {refused.Message}")
                : new PbmException(ExitCodes.Failed, refused.Message);
        Hello = answer.Hello ?? throw new ConnectionLostException(Address, null);
        if (Hello.Protocol != Protocol.Version)
            throw new PbmException(
                ExitCodes.Failed,
                $"{Address} speaks protocol {Hello.Protocol}, this pbm {Protocol.Version}.");
    }
}

/// <summary>Nobody could be asked there.</summary>
internal sealed class UnreachableException(string message) : Exception(message);

/// <summary>The server ended in the middle.</summary>
internal sealed class ConnectionLostException(Address address, Exception? cause)
    : Exception($"The connection to {address} was lost.", cause);
