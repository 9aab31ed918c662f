using System.Security.Cryptography;
using Millrace.CommandProtocol;
using Millrace.Pbm.CommandLine;

namespace Millrace.Pbm.Connection;

/// <summary>Hears what a running command has to say.</summary>
internal interface IAnswers
{
    void Say(string text);

    void Show(View view);
}

/// <summary>
/// A cluster by the addresses of its JobManagers: asks the one that answers, and the next one when it is
/// lost. A command that may be repeated is sent again with the same id.
/// </summary>
internal sealed class ClusterClient(IReadOnlyList<Address> addresses, string workingFolder) : IDisposable
{
    /// <summary>So long a cluster that has answered before is looked for again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(300);

    /// <summary>A server that is lost so often in a row without a word breaks at what it is asked.</summary>
    private const int MaxLosses = 5;

    private ServerConnection? _connection;
    private int _losses;
    private int _next;

    /// <summary>What the server offers.</summary>
    /// <exception cref="PbmException">Nobody can be reached.</exception>
    public async Task<ServerHello> HelloAsync(CancellationToken cancel) =>
        (await ConnectAsync(cancel).ConfigureAwait(false)).Hello;

    /// <summary>Runs a command to its end.</summary>
    /// <exception cref="PbmException">It was refused, or nobody can be reached.</exception>
    public async Task<Result> RunAsync(
        ParsedCommand command, bool isLive, IAnswers answers, CancellationToken cancel)
    {
        string id = RandomNumberGenerator.GetHexString(Protocol.RequestIdDigits, lowercase: true);
        var request = new RunRequest(
            command.Palette.Name, command.Command.Name, id, false, workingFolder, isLive, command.Arguments);
        var files = new NamedFiles(command.Files, workingFolder);
        int refusals = 0;
        _losses = 0;
        ServerConnection connection = await ConnectAsync(cancel).ConfigureAwait(false);
        while (true)
        {
            try
            {
                return await RunOnceAsync(connection, request, files, answers, cancel).ConfigureAwait(false);
            }
            catch (ConnectionLostException e)
            {
                Drop();
                if (++_losses == MaxLosses)
                    throw new PbmException(
                        ExitCodes.Failed, $"{e.Message} That happened {MaxLosses} times without an answer.");
                if (!command.Command.CanRepeat)
                    throw new PbmException(
                        ExitCodes.Failed, $"{e.Message} Whether the command took effect is not known.");
                answers.Say($"{e.Message} Looking for a JobManager to go on with.");
            }
            catch (OperationCanceledException)
            {
                // The answer may stand half read; the end of the connection ends the command.
                Drop();
                throw;
            }
            catch (UnreachableException e)
            {
                Drop();
                if (++refusals == addresses.Count) throw new PbmException(ExitCodes.Unreachable, e.Message);
            }
            request = request with { Repeated = true };
            connection = await ConnectAgainAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The values that an argument may have now; none where nobody can be asked.</summary>
    public async Task<IReadOnlyList<string>> CompleteAsync(
        string source, string prefix, CancellationToken cancel)
    {
        ServerConnection connection = await ConnectAsync(cancel).ConfigureAwait(false);
        await connection.SendAsync(
            new ClientFrame { Complete = new CompleteRequest(source, prefix) }, cancel).ConfigureAwait(false);
        return (await connection.ReceiveAsync(cancel).ConfigureAwait(false)).Completions?.Values ?? [];
    }

    public void Dispose() => Drop();

    private async Task<Result> RunOnceAsync(
        ServerConnection connection, RunRequest request, NamedFiles files, IAnswers answers,
        CancellationToken cancel)
    {
        await connection.SendAsync(new ClientFrame { Run = request }, cancel).ConfigureAwait(false);
        while (true)
        {
            ServerFrame frame = await connection.ReceiveAsync(cancel).ConfigureAwait(false);
            if (frame.Result is { } result) return result;
            if (frame.Refused is { } refused) throw Refusal(refused);
            if (frame.Read is null) _losses = 0;
            if (frame.Note is { } note) answers.Say(note.Text);
            if (frame.View is { } view) answers.Show(view);
            if (frame.Read is { } read)
                await connection.SendAsync(new ClientFrame { File = files.Read(read.Path) }, cancel)
                    .ConfigureAwait(false);
        }
    }

    private static Exception Refusal(Refusal refused) => refused.Kind switch
    {
        RefusalKind.Usage => PbmException.Usage(refused.Message),
        RefusalKind.Unavailable => new UnreachableException(refused.Message),
        _ => new PbmException(ExitCodes.Failed, refused.Message),
    };

    /// <summary>The first that answers, each asked once.</summary>
    private async Task<ServerConnection> ConnectAsync(CancellationToken cancel)
    {
        if (_connection is { IsClosed: true }) Drop();
        if (_connection is not null) return _connection;
        List<string> problems = [];
        for (int tried = 0; tried < addresses.Count; tried++)
        {
            try
            {
                _connection = await ServerConnection.OpenAsync(addresses[_next], cancel)
                    .ConfigureAwait(false);
                return _connection;
            }
            catch (UnreachableException e)
            {
                problems.Add(e.Message);
                _next = (_next + 1) % addresses.Count;
            }
        }
        throw new PbmException(
            ExitCodes.Unreachable, $"No JobManager can be reached: {string.Join("; ", problems)}.");
    }

    private async Task<ServerConnection> ConnectAgainAsync(CancellationToken cancel)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await ConnectAsync(cancel).ConfigureAwait(false);
            }
            catch (PbmException e) when (
                e.ExitCode == ExitCodes.Unreachable && TimeProvider.System.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(RetryPause, TimeProvider.System, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The next connection is to the next address.</summary>
    private void Drop()
    {
        if (_connection is null) return;
        _connection.Dispose();
        _connection = null;
        _next = (_next + 1) % addresses.Count;
    }
}
