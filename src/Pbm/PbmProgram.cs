using System.Reflection;
using Millrace.CommandProtocol;
using Millrace.Pbm.CommandLine;
using Millrace.Pbm.Connection;
using Millrace.Pbm.Output;
using Millrace.Pbm.Shell;

namespace Millrace.Pbm;

/// <summary>One call of pbm, from its arguments to its exit code.</summary>
internal sealed class PbmProgram(PbmConsole console)
{
    private static readonly TimeSpan CompletionPatience = TimeSpan.FromSeconds(3);

    public static string Version { get; } =
        typeof(PbmProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "";

    public Task<int> RunAsync(IReadOnlyList<string> arguments, Interrupts interrupts) => GuardAsync(
        () => DispatchAsync(arguments, interrupts));

    private async Task<int> DispatchAsync(IReadOnlyList<string> arguments, Interrupts interrupts)
    {
        if (arguments is [CompletionScripts.Ask, ..])
            return await CompleteAsync(arguments.ElementAtOrDefault(1) ?? "").ConfigureAwait(false);
        GlobalLine line = GlobalLine.Parse(arguments, console.DefaultAddress);
        if (line.WantsVersion) return Print(Version);
        if (line.Words is ["completion", ..] && !line.WantsHelp) return PrintScript(line.Words);
        using var cluster = new ClusterClient(line.Addresses, console.Folder());
        return line.Words.Count == 0 && !line.WantsHelp
            ? await new PbmShell(this, console, cluster, line, interrupts).RunAsync().ConfigureAwait(false)
            : await RunAsync(cluster, line, interrupts.Begin()).ConfigureAwait(false);
    }

    /// <summary>Turns what ends a command line into its sentence and its exit code.</summary>
    public async Task<int> GuardAsync(Func<Task<int>> run)
    {
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (PbmException e)
        {
            console.Error.WriteLine(e.Message);
            return e.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Connections and files turn theirs into sentences; a full disk or a closed descriptor is left.
            console.Error.WriteLine($"The output cannot be written: {e.GetBaseException().Message}.");
            return ExitCodes.Failed;
        }
    }

    /// <summary>Runs one command of a server, or shows its help.</summary>
    /// <exception cref="PbmException">It is wrong, was refused, or nobody can be reached.</exception>
    public async Task<int> RunAsync(ClusterClient cluster, GlobalLine line, CancellationToken cancel)
    {
        if (line.WantsHelp) return await HelpAsync(cluster, line, cancel).ConfigureAwait(false);
        if (line.WantsVersion) return Print(Version);
        ServerHello hello = await cluster.HelloAsync(cancel).ConfigureAwait(false);
        ParsedCommand command = CommandParser.Parse(hello.Palettes, line.Words);
        bool isLive =
            console.IsTerminal && line.Output == OutputForm.Table && command.Command.Line.Length > 0;
        IPrinter printer = line.Output == OutputForm.Json ? new JsonPrinter(console)
            : isLive ? new LivePrinter(console, command.Command)
            : new TablePrinter(console, command.Command);
        Result result = await printer.PrintAsync(
            answers => cluster.RunAsync(command, isLive, answers, cancel)).ConfigureAwait(false);
        if (result.Failure is null) return ExitCodes.Done;
        console.Error.WriteLine(result.Failure);
        return ExitCodes.Failed;
    }

    /// <summary>What may stand at the end of a line; nothing where nobody can be asked.</summary>
    public async Task<IReadOnlyList<string>> CandidatesAsync(
        ClusterClient cluster, IReadOnlyList<string> words, string last, CancellationToken cancel)
    {
        try
        {
            ServerHello hello = await cluster.HelloAsync(cancel).ConfigureAwait(false);
            var completer = new Completer(
                hello.Palettes,
                (source, prefix) => cluster.CompleteAsync(source, prefix, cancel),
                beginning => FileNames.StartingWith(beginning, console.Folder()));
            return await completer.CandidatesAsync(words, last).ConfigureAwait(false);
        }
        catch (Exception e) when (e is PbmException or ConnectionLostException or OperationCanceledException)
        {
            return [];
        }
    }

    /// <summary>
    /// For the scripts of bash and zsh: the line up to the cursor, the program's name first.
    /// </summary>
    private async Task<int> CompleteAsync(string text)
    {
        Words words = Words.Of(text);
        List<string> before = [.. words.All.Skip(1)];
        string? address = console.DefaultAddress;
        if (before is [var first, ..] && GlobalLine.IsAddress(first))
        {
            before.RemoveAt(0);
            address = first;
        }
        if (before is ["completion"]) return Print(string.Join('\n', "bash", "zsh"));
        using var cluster = new ClusterClient(GlobalLine.Parse([], address).Addresses, console.Folder());
        using var late = new CancellationTokenSource(CompletionPatience);
        foreach (string word in await CandidatesAsync(cluster, before, words.Last, late.Token)
            .ConfigureAwait(false))
            console.WriteLine(word);
        return ExitCodes.Done;
    }

    private int Print(string text)
    {
        console.WriteLine(text);
        return ExitCodes.Done;
    }

    private int PrintScript(IReadOnlyList<string> words) => words switch
    {
        [_, "bash"] => Print(CompletionScripts.Bash.TrimEnd()),
        [_, "zsh"] => Print(CompletionScripts.Zsh.TrimEnd()),
        _ => throw PbmException.Usage("Write pbm completion bash or pbm completion zsh."),
    };

    private async Task<int> HelpAsync(ClusterClient cluster, GlobalLine line, CancellationToken cancel)
    {
        IReadOnlyList<PaletteDescription>? palettes = null;
        try
        {
            palettes = (await cluster.HelloAsync(cancel).ConfigureAwait(false)).Palettes;
        }
        catch (PbmException e) when (e.ExitCode == ExitCodes.Unreachable && IsOfProgram(line.Words))
        {
            // Help on pbm itself needs no server.
        }
        console.WriteLine(HelpOf(palettes, line.Words).TrimEnd('\n'));
        return ExitCodes.Done;
    }

    private static bool IsOfProgram(IReadOnlyList<string> words) => words is [] or ["completion", ..];

    private static string HelpOf(IReadOnlyList<PaletteDescription>? palettes, IReadOnlyList<string> words)
    {
        if (palettes is null || IsOfProgram(words)) return HelpText.OfProgram(palettes);
        PaletteDescription palette = CommandParser.FindPalette(palettes, words[0]);
        return words.Count == 1
            ? HelpText.OfPalette(palette)
            : HelpText.OfCommand(palette, CommandParser.FindCommand(palette, words[1]));
    }
}
