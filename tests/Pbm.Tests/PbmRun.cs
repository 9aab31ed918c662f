using System.Text.Json.Nodes;
using Millrace.Pbm.Output;
using Millrace.Pbm.Shell;
using Spectre.Console;

namespace Millrace.Pbm.Tests;

/// <summary>One call of pbm inside this process, with what it printed.</summary>
internal sealed record PbmRun(int ExitCode, string Out, string Error)
{
    /// <summary>Far more than anything takes here, also on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The document of <c>--output json</c>.</summary>
    public JsonNode Json => JsonNode.Parse(Out.TrimEnd().Split('\n')[^1])!;

    public static async Task<PbmRun> Of(string folder, params string[] arguments)
    {
        using var written = new StringWriter();
        using var error = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(written),
        });
        console.Profile.Width = PbmConsole.EndlessWidth;
        var program = new PbmProgram(new PbmConsole(console, error, () => folder, null));
        using var interrupts = new Interrupts();
        int exit = await program.RunAsync(arguments, interrupts).WaitAsync(Patience);
        return new PbmRun(exit, written.ToString(), error.ToString());
    }
}
