using Spectre.Console;

namespace Millrace.Pbm.Output;

/// <summary>Where pbm runs: its two outputs, its folder and what its environment says.</summary>
/// <param name="Out">Documents.</param>
/// <param name="Error">Messages and failures.</param>
/// <param name="Folder">Relative paths are below it.</param>
/// <param name="DefaultAddress">Of the environment; null where it names none.</param>
internal sealed record PbmConsole(IAnsiConsole Out, TextWriter Error, string Folder, string? DefaultAddress)
{
    /// <summary>In a file or a pipe nobody wants lines broken at 80 columns.</summary>
    public const int EndlessWidth = 10_000;

    public bool IsTerminal => Out.Profile.Out.IsTerminal;

    /// <summary>The process's.</summary>
    public static PbmConsole Real()
    {
        IAnsiConsole console = AnsiConsole.Console;
        if (!console.Profile.Out.IsTerminal) console.Profile.Width = EndlessWidth;
        return new PbmConsole(
            console, Console.Error, Environment.CurrentDirectory,
            Environment.GetEnvironmentVariable("PBM_ADDRESS"));
    }

    public void WriteLine(string text)
    {
        Out.Profile.Out.Writer.WriteLine(text);
        Out.Profile.Out.Writer.Flush();
    }
}
