using System.Net;
using System.Net.Sockets;
using Millrace.CommandProtocol;

namespace Millrace.Pbm.Tests;

/// <summary>A server of a test's own making, for one client after the other.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<RunRequest, FakeServer, Task<ServerFrame?>> _answer;
    private readonly Task _serving;
    private FrameReader? _reader;
    private FrameWriter? _writer;

    /// <param name="answer">What it says in the end; null: it closes instead.</param>
    public FakeServer(
        IReadOnlyList<PaletteDescription> palettes, Func<RunRequest, FakeServer, Task<ServerFrame?>> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync(new ServerHello(Protocol.Version, "99.0", "later", "node:1", palettes));
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    public List<RunRequest> Requests { get; } = [];

    public Task SendAsync(ServerFrame frame) => _writer!.WriteAsync(FrameCodec.Encode(frame), _stop.Token);

    public async Task<ClientFrame?> ReceiveAsync()
    {
        byte[]? json = await _reader!.ReadAsync(() => 1 << 20, _stop.Token);
        return json is null ? null : FrameCodec.DecodeClient(json);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync(ServerHello hello)
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await ServeAsync(client, hello);
            }
        }
        catch (Exception e) when (
            e is OperationCanceledException or InvalidOperationException or SocketException)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(TcpClient client, ServerHello hello)
    {
        _reader = new FrameReader(client.GetStream(), Patience, TimeProvider.System);
        _writer = new FrameWriter(client.GetStream(), Patience, TimeProvider.System);
        await ReceiveAsync();
        await SendAsync(new ServerFrame { Hello = hello });
        while (await ReceiveAsync() is { } frame)
        {
            if (frame.Run is not { } run) continue;
            Requests.Add(run);
            if (await _answer(run, this) is not { } answer) return;
            await SendAsync(answer);
        }
    }
}
