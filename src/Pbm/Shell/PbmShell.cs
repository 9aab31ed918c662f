using Millrace.CommandProtocol;
using Millrace.Pbm.CommandLine;
using Millrace.Pbm.Connection;
using Millrace.Pbm.Output;

namespace Millrace.Pbm.Shell;

/// <summary>
/// Commands one after the other: with editing, completion and history on a terminal, line by line out of a
/// pipe.
/// </summary>
internal sealed class PbmShell(
    PbmProgram program, PbmConsole console, ClusterClient cluster, GlobalLine start, Interrupts interrupts)
{
    private const string Prompt = "pbm> ";
    private static readonly TimeSpan CompletionPatience = TimeSpan.FromSeconds(3);

    /// <returns>Of the last command that failed, else 0.</returns>
    /// <exception cref="PbmException">Nobody can be reached at the start.</exception>
    public async Task<int> RunAsync()
    {
        ServerHello hello = await cluster.HelloAsync(interrupts.Begin()).ConfigureAwait(false);
        if (Console.IsInputRedirected) return await RunLinesAsync(Console.In).ConfigureAwait(false);
        console.WriteLine(
            $"Cluster {hello.Cluster} by {hello.Node}. Tab completes, help helps, exit leaves.");
        HistoryFile file = HistoryFile.OfUser();
        History history = file.Load();
        int exit = ExitCodes.Done;
        while (await ReadLineAsync(history).ConfigureAwait(false) is { } line)
        {
            history.Add(line);
            if (IsExit(line)) break;
            exit = await RunLineAsync(line).ConfigureAwait(false);
        }
        file.Save(history);
        return exit;
    }

    private async Task<int> RunLinesAsync(TextReader input)
    {
        int exit = ExitCodes.Done;
        while (await input.ReadLineAsync().ConfigureAwait(false) is { } line && !IsExit(line))
        {
            int code = await RunLineAsync(line).ConfigureAwait(false);
            if (code != ExitCodes.Done) exit = code;
        }
        return exit;
    }

    private async Task<int> RunLineAsync(string text)
    {
        IReadOnlyList<string> words = Words.Of(text).Complete;
        if (words.Count == 0 || words[0].StartsWith('#')) return ExitCodes.Done;
        if (words is ["help", ..]) words = [.. words.Skip(1), "--help"];
        return await program.GuardAsync(() =>
        {
            GlobalLine line = GlobalLine.Parse(words, null);
            if (GlobalLine.IsAddress(words[0]))
                throw PbmException.Usage("This shell stays with its cluster; leave it to go to another.");
            if (!words.Contains("--output") && start.Output == OutputForm.Json)
                line = line with { Output = OutputForm.Json };
            return program.RunAsync(cluster, line, interrupts.Begin());
        }).ConfigureAwait(false);
    }

    private static bool IsExit(string line) => line.Trim() is "exit" or "quit";

    /// <returns>Null when the user leaves.</returns>
    private async Task<string?> ReadLineAsync(History history)
    {
        var screen = new Screen(console.Out.Profile.Out.Writer, () => Console.WindowWidth);
        var editor = new LineEditor(history);
        Console.TreatControlCAsInput = true;
        try
        {
            while (true)
            {
                screen.Draw(Prompt, editor.Line);
                switch (editor.Press(Console.ReadKey(intercept: true)))
                {
                    case KeyEffect.Submit:
                        screen.EndLine();
                        return editor.Line.Text;
                    case KeyEffect.Leave:
                        screen.EndLine();
                        return null;
                    case KeyEffect.Abandon:
                        screen.EndLine();
                        editor.Line = LineBuffer.Empty;
                        break;
                    case KeyEffect.ClearScreen:
                        screen.Clear();
                        break;
                    case KeyEffect.Complete:
                        await CompleteAsync(editor, screen).ConfigureAwait(false);
                        break;
                    default: break;
                }
            }
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private async Task CompleteAsync(LineEditor editor, Screen screen)
    {
        LineBuffer line = editor.Line;
        Words words = Words.Of(line.Text[..line.Cursor]);
        IReadOnlyList<string> candidates = await CandidatesAsync(words).ConfigureAwait(false);
        if (candidates.Count == 0) return;
        string common = Completer.CommonStart(candidates);
        string end = candidates.Count == 1 && !common.EndsWith('/') ? " " : "";
        if (common.Length > words.Last.Length || end.Length > 0)
            editor.Line = line.Replace(words.LastStart, Words.Quote(common) + end);
        else screen.List(candidates);
    }

    private async Task<IReadOnlyList<string>> CandidatesAsync(Words words)
    {
        using var late = new CancellationTokenSource(CompletionPatience);
        return await program.CandidatesAsync(cluster, words.All, words.Last, late.Token)
            .ConfigureAwait(false);
    }
}
