using System.Text;
using Millrace.CommandProtocol;

namespace Millrace.Pbm.CommandLine;

/// <summary>Help at each level: what pbm takes, a palette's commands, a command's arguments.</summary>
internal static class HelpText
{
    private const string Usage =
        """
        pbm commands a Millrace cluster.

        Usage:
          pbm [host:port[,host:port…]] <palette> <command> [arguments]
          pbm [host:port…]                          an interactive shell
          pbm completion bash|zsh                   a script to be sourced

        Options:
          --output table|json   tables for people (default), or the server's document on one line
          --help                help, of a palette or a command where one is named
          --version             the version of pbm

        The address is 127.0.0.1:9110, or that of the variable PBM_ADDRESS.
        Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no JobManager reachable.

        """;

    /// <param name="palettes">Null where no server could be asked.</param>
    public static string OfProgram(IReadOnlyList<PaletteDescription>? palettes)
    {
        if (palettes is null) return Usage + "\nThe palettes are the server's; none could be reached.\n";
        return Usage + "\nPalettes (pbm <palette> --help says more):\n"
            + Columns(palettes.Select(p => (p.Name, p.Help)));
    }

    public static string OfPalette(PaletteDescription palette) =>
        $"{palette.Help}\n\nUsage:\n  pbm {palette.Name} <command> [arguments]\n\nCommands:\n"
        + Columns(palette.Commands.Select(c => ($"{c.Name} {Arguments(c)}".TrimEnd(), c.Help)));

    public static string OfCommand(PaletteDescription palette, CommandDescription command)
    {
        var text = new StringBuilder();
        text.Append($"{command.Help}\n\nUsage:\n  pbm {palette.Name} {command.Name}");
        if (command.Arguments.Count > 0) text.Append(' ').Append(Arguments(command));
        if (command.Options.Count > 0) text.Append(" [options]");
        text.Append('\n');
        if (command.Arguments.Count > 0)
            text.Append("\nArguments:\n").Append(Columns(command.Arguments.Select(a => (Value(a), a.Help))));
        if (command.Options.Count > 0)
            text.Append("\nOptions:\n").Append(Columns(command.Options.Select(o => (Option(o), Note(o)))));
        return text.ToString();
    }

    private static string Arguments(CommandDescription command) => string.Join(
        ' ',
        command.Arguments.Select(a => (a.IsRequired ? Value(a) : $"[{Value(a)}]") + (a.IsMany ? "…" : "")));

    private static string Value(Parameter parameter) =>
        parameter.Value.Length > 0 ? parameter.Value : parameter.Name.ToUpperInvariant();

    private static string Option(Parameter option) =>
        (option.Letter.Length > 0 ? $"-{option.Letter}, " : "    ") + $"--{option.Name}"
        + (option.Kind == ParameterKinds.Flag ? "" : " " + Value(option));

    private static string Note(Parameter option) => option.Help
        + (option.IsRequired ? " Required." : "") + (option.IsMany ? " May be given several times." : "");

    private static string Columns(IEnumerable<(string Left, string Right)> rows)
    {
        List<(string Left, string Right)> all = [.. rows];
        int width = all.Max(r => r.Left.Length);
        return string.Concat(all.Select(r => $"  {r.Left.PadRight(width)}  {r.Right}\n"));
    }
}
