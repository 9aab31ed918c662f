using Spectre.Console;
using Spectre.Console.Rendering;

namespace Millrace.Pbm.Output;

/// <summary>Where pbm runs: its two outputs, its folder and what its environment says.</summary>
/// <param name="Out">Documents.</param>
/// <param name="Error">Messages and failures.</param>
/// <param name="Folder">Relative paths are below it; throws a <see cref="PbmException"/> where it is gone.</param>
/// <param name="DefaultAddress">Of the environment; null where it names none.</param>
internal sealed record PbmConsole(
    IAnsiConsole Out, TextWriter Error, Func<string> Folder, string? DefaultAddress)
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
            console, Console.Error, WorkingFolder, Environment.GetEnvironmentVariable("PBM_ADDRESS"));
    }

    private static string WorkingFolder()
    {
        try
        {
            return Environment.CurrentDirectory;
        }
        catch (IOException)
        {
            throw PbmException.Usage("The working folder has been deleted; change to one that exists.");
        }
    }

    /// <summary>
    /// Framed and coloured on a terminal; elsewhere plain lines without blanks at their ends.
    /// </summary>
    public void Write(IRenderable document)
    {
        if (IsTerminal)
        {
            Out.Write(document);
            return;
        }
        using var text = new StringWriter();
        IAnsiConsole plain = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(text),
        });
        plain.Profile.Width = EndlessWidth;
        plain.Write(document);
        WriteLine(string.Join('\n', text.ToString().TrimEnd().Split('\n').Select(line => line.TrimEnd())));
    }

    public void WriteLine(string text)
    {
        Out.Profile.Out.Writer.WriteLine(text);
        Out.Profile.Out.Writer.Flush();
    }
}
