using System.Reflection;
using Millrace.CommandProtocol;
using Millrace.Pbm.CommandLine;
using Millrace.Pbm.Connection;
using Millrace.Pbm.Output;

namespace Millrace.Pbm;

/// <summary>One call of pbm, from its arguments to its exit code.</summary>
internal sealed class PbmProgram(PbmConsole console)
{
    public static string Version { get; } =
        typeof(PbmProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        try
        {
            GlobalLine line = GlobalLine.Parse(arguments, console.DefaultAddress);
            if (line.WantsVersion)
            {
                console.WriteLine(Version);
                return ExitCodes.Done;
            }
            using var cluster = new ClusterClient(line.Addresses, console.Folder);
            return line.WantsHelp
                ? await HelpAsync(cluster, line, cancel).ConfigureAwait(false)
                : await RunAsync(cluster, line, cancel).ConfigureAwait(false);
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
    }

    /// <summary>Runs one command of a server.</summary>
    /// <exception cref="PbmException">It is wrong, was refused, or nobody can be reached.</exception>
    public async Task<int> RunAsync(ClusterClient cluster, GlobalLine line, CancellationToken cancel)
    {
        ServerHello hello = await cluster.HelloAsync(cancel).ConfigureAwait(false);
        ParsedCommand command = CommandParser.Parse(hello.Palettes, line.Words);
        bool isLive = console.IsTerminal && line.Output == OutputForm.Table && command.Command.Line.Length > 0;
        IPrinter printer = line.Output == OutputForm.Json ? new JsonPrinter(console)
            : isLive ? new LivePrinter(console, command.Command)
            : new TablePrinter(console, command.Command);
        Result result = await printer.PrintAsync(
            answers => cluster.RunAsync(command, isLive, answers, cancel)).ConfigureAwait(false);
        if (result.Failure is null) return ExitCodes.Done;
        console.Error.WriteLine(result.Failure);
        return ExitCodes.Failed;
    }

    private async Task<int> HelpAsync(ClusterClient cluster, GlobalLine line, CancellationToken cancel)
    {
        IReadOnlyList<PaletteDescription>? palettes = null;
        try
        {
            palettes = (await cluster.HelloAsync(cancel).ConfigureAwait(false)).Palettes;
        }
        catch (PbmException e) when (e.ExitCode == ExitCodes.Unreachable && line.Words.Count == 0)
        {
            // Help on pbm itself needs no server.
        }
        console.WriteLine(HelpOf(palettes, line.Words).TrimEnd('\n'));
        return ExitCodes.Done;
    }

    private static string HelpOf(IReadOnlyList<PaletteDescription>? palettes, IReadOnlyList<string> words)
    {
        if (palettes is null || words.Count == 0) return HelpText.OfProgram(palettes);
        PaletteDescription palette = CommandParser.FindPalette(palettes, words[0]);
        return words.Count == 1
            ? HelpText.OfPalette(palette)
            : HelpText.OfCommand(palette, CommandParser.FindCommand(palette, words[1]));
    }
}
