using System.Text.Json;
using Millrace.CommandProtocol;
using Millrace.Shared.Errors;

namespace Millrace.JobManager.Commands;

/// <summary>
/// One client: a hello, then one command at a time. While a command runs the connection is read on, so that
/// files arrive, and a stop or the end of the client ends the command.
/// </summary>
internal sealed class CommandConnection : IClientLink, IDisposable
{
    private readonly CommandServerOptions _options;
    private readonly CommandPalettes _palettes;
    private readonly FrameReader _reader;
    private readonly FrameWriter _writer;
    private readonly CancellationTokenSource _idle;
    private TaskCompletionSource<FileContent>? _file;
    private CancellationTokenSource? _call;
    private Task _running = Task.CompletedTask;

    public CommandConnection(Stream stream, CommandServerOptions options, CommandPalettes palettes)
    {
        _options = options;
        _palettes = palettes;
        _reader = new FrameReader(stream, options.FrameTimeout, options.Time);
        _writer = new FrameWriter(stream, options.FrameTimeout, options.Time);
        _idle = new CancellationTokenSource(options.HelloTimeout, options.Time);
    }

    /// <summary>Until the client is gone.</summary>
    /// <exception cref="BadFrameException">What came is not our protocol.</exception>
    /// <exception cref="IOException">The client is gone or does not read.</exception>
    /// <exception cref="OperationCanceledException">It said nothing for too long, or the server stops.
    /// </exception>
    public async Task ServeAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _idle.Token);
        try
        {
            if (!await GreetAsync(either.Token).ConfigureAwait(false)) return;
            while (await NextAsync(FrameLimit, either.Token).ConfigureAwait(false) is { } frame)
                await TakeAsync(frame, stop).ConfigureAwait(false);
        }
        finally
        {
            await EndCallAsync().ConfigureAwait(false);
        }
    }

    public Task SendAsync(ServerFrame frame, CancellationToken cancel) =>
        _writer.WriteAsync(FrameCodec.Encode(MaskedFrame.Of(frame)), cancel);

    public async Task<FileContent> ReadFileAsync(string path, CancellationToken cancel)
    {
        var file = new TaskCompletionSource<FileContent>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _file, file);
        await SendAsync(new ServerFrame { Read = new FileRequest(path) }, cancel).ConfigureAwait(false);
        return await file.Task.WaitAsync(_options.FrameTimeout, _options.Time, cancel).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _idle.Dispose();
        _call?.Dispose();
        _writer.Dispose();
    }

    private async Task<bool> GreetAsync(CancellationToken cancel)
    {
        ClientFrame? first = await NextAsync(() => Protocol.MaxHelloBytes, cancel).ConfigureAwait(false);
        if (first is null) return false;
        if (first.Hello is not { } hello) throw new BadFrameException("the first frame is no hello");
        if (hello.Protocol != Protocol.Version)
        {
            string message = $"This JobManager speaks protocol {Protocol.Version}, pbm {hello.Client} speaks "
                + $"{hello.Protocol}: use the pbm of the cluster's version.";
            await SendAsync(Refused(RefusalKind.Failed, message), cancel).ConfigureAwait(false);
            return false;
        }
        _idle.CancelAfter(_options.IdleTimeout);
        await SendAsync(new ServerFrame { Hello = _palettes.Hello }, cancel).ConfigureAwait(false);
        return true;
    }

    private async Task<ClientFrame?> NextAsync(Func<int> limit, CancellationToken cancel)
    {
        byte[]? json = await _reader.ReadAsync(limit, cancel).ConfigureAwait(false);
        try
        {
            return json is null ? null : FrameCodec.DecodeClient(json);
        }
        catch (JsonException e)
        {
            throw new BadFrameException("a frame is not JSON of the protocol", e);
        }
    }

    /// <summary>More only when a file was asked for, whose text JSON may make longer.</summary>
    private int FrameLimit() =>
        Volatile.Read(ref _file) is null ? Protocol.MaxRequestBytes : 2 * _options.MaxFileBytes;

    private async Task TakeAsync(ClientFrame frame, CancellationToken stop)
    {
        if (frame.File is { } file)
            Interlocked.Exchange(ref _file, null)?.TrySetResult(file);
        else if (frame.Stop is not null)
            await EndCallAsync().ConfigureAwait(false);
        else if (frame.Run is { } run)
            Begin(cancel => RunAsync(run, cancel), stop);
        else if (frame.Complete is { } complete)
            Begin(cancel => CompleteAsync(complete, cancel), stop);
        // A frame that is not known is one of a newer client.
    }

    private void Begin(Func<CancellationToken, Task> work, CancellationToken stop)
    {
        if (!_running.IsCompleted) throw new BadFrameException("a command came while one was running");
        _call?.Dispose();
        _call = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _idle.CancelAfter(Timeout.InfiniteTimeSpan);
        CancellationToken cancel = _call.Token;
        _running = Task.Run(() => AnswerAsync(work, stop, cancel), CancellationToken.None);
    }

    private async Task EndCallAsync()
    {
        if (_call is not null) await _call.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    /// <summary>
    /// Whatever happens is an answer. A client that is gone gets none, and neither does one of a server that
    /// stops: it asks another.
    /// </summary>
    private async Task AnswerAsync(
        Func<CancellationToken, Task> work, CancellationToken stop, CancellationToken cancel)
    {
        try
        {
            ServerFrame? failed = await Failures.OfAsync(() => work(cancel)).ConfigureAwait(false);
            if (stop.IsCancellationRequested) return;
            if (failed is not null) await SendAsync(failed, CancellationToken.None).ConfigureAwait(false);
            _idle.CancelAfter(_options.IdleTimeout);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The reading side notices as well and ends the connection.
        }
    }

    private async Task RunAsync(RunRequest run, CancellationToken cancel)
    {
        Result result = await _palettes.RunAsync(run, this, cancel).ConfigureAwait(false);
        await SendAsync(new ServerFrame { Result = result }, cancel).ConfigureAwait(false);
    }

    private async Task CompleteAsync(CompleteRequest complete, CancellationToken cancel)
    {
        IReadOnlyList<string> values = await _palettes.CompleteAsync(complete, cancel).ConfigureAwait(false);
        await SendAsync(new ServerFrame { Completions = new Completions(values) }, cancel)
            .ConfigureAwait(false);
    }

    private static ServerFrame Refused(RefusalKind kind, string message) =>
        new() { Refused = new Refusal(kind, message) };
}
