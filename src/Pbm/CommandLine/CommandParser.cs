using System.Globalization;
using Millrace.CommandProtocol;

namespace Millrace.Pbm.CommandLine;

/// <summary>A palette's command with its arguments, as the server described it.</summary>
internal sealed record ParsedCommand(
    PaletteDescription Palette,
    CommandDescription Command,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Arguments)
{
    /// <summary>The files that the user named; the server may read them and what lies beside them.</summary>
    public IReadOnlyList<string> Files =>
    [
        .. Command.Arguments.Concat(Command.Options).Where(p => p.Kind == ParameterKinds.File)
            .SelectMany(p => Arguments.GetValueOrDefault(p.Name) ?? []),
    ];
}

/// <summary>Reads a command line by the server's description; knows no command itself.</summary>
internal static class CommandParser
{
    /// <exception cref="PbmException">Usage: says what is wrong and what there is.</exception>
    public static ParsedCommand Parse(IReadOnlyList<PaletteDescription> palettes, IReadOnlyList<string> words)
    {
        if (words.Count == 0)
            throw PbmException.Usage(
                $"Which palette? There are {string.Join(", ", palettes.Select(p => p.Name))}.");
        PaletteDescription palette = FindPalette(palettes, words[0]);
        if (words.Count == 1)
            throw PbmException.Usage($"Which command of {palette.Name}? There are "
                + $"{string.Join(", ", palette.Commands.Select(c => c.Name))}.");
        CommandDescription command = FindCommand(palette, words[1]);
        var values = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        ReadWords(palette, command, words, values);
        string line = $"pbm {palette.Name} {command.Name}";
        foreach (Parameter missing in command.Arguments.Concat(command.Options))
            if (missing.IsRequired && !values.ContainsKey(missing.Name))
                throw PbmException.Usage(
                    $"{line} needs {Shown(command, missing)}: {missing.Help}");
        return new ParsedCommand(
            palette, command,
            values.ToDictionary(v => v.Key, v => (IReadOnlyList<string>)v.Value, StringComparer.Ordinal));
    }

    public static PaletteDescription FindPalette(IReadOnlyList<PaletteDescription> palettes, string name) =>
        palettes.FirstOrDefault(p => p.Name == name) ?? throw PbmException.Usage(
            name.StartsWith('-')
                ? $"pbm has no option '{name}'; there are --output, --help, --version."
                : $"There is no palette '{name}'; {Nearest.Hint(name, [.. palettes.Select(p => p.Name)])}.");

    public static CommandDescription FindCommand(PaletteDescription palette, string name) =>
        palette.Commands.FirstOrDefault(c => c.Name == name) ?? throw PbmException.Usage(
            $"The palette {palette.Name} has no command '{name}'; "
            + $"{Nearest.Hint(name, [.. palette.Commands.Select(c => c.Name)])}.");

    private static void ReadWords(
        PaletteDescription palette, CommandDescription command, IReadOnlyList<string> words,
        Dictionary<string, List<string>> values)
    {
        int position = 0;
        bool isRaw = false;
        for (int i = 2; i < words.Count; i++)
        {
            string word = words[i];
            if (!isRaw && word == "--") isRaw = true;
            else if (!isRaw && word.Length > 1 && word[0] == '-')
                i = ReadOption(palette, command, words, i, values);
            else
            {
                if (position >= command.Arguments.Count)
                    throw PbmException.Usage(
                        $"pbm {palette.Name} {command.Name} takes no argument '{word}'.");
                Parameter argument = command.Arguments[position];
                Add(command, argument, word, values);
                if (!argument.IsMany) position++;
            }
        }
    }

    /// <returns>The index of the last word that belongs to the option.</returns>
    private static int ReadOption(
        PaletteDescription palette, CommandDescription command, IReadOnlyList<string> words, int at,
        Dictionary<string, List<string>> values)
    {
        string[] halves = words[at].Split('=', 2);
        Parameter option = command.Options.FirstOrDefault(o => IsNamed(o, halves[0]))
            ?? throw PbmException.Usage($"pbm {palette.Name} {command.Name} has no option '{halves[0]}'; "
                + $"{Nearest.Hint(halves[0], [.. command.Options.Select(o => "--" + o.Name)])}.");
        if (option.Kind == ParameterKinds.Flag)
        {
            if (halves.Length == 2) throw PbmException.Usage($"{halves[0]} takes no value.");
            Add(command, option, "true", values);
            return at;
        }
        if (halves.Length == 2)
        {
            Add(command, option, halves[1], values);
            return at;
        }
        if (at + 1 == words.Count)
            throw PbmException.Usage($"{halves[0]} needs a value: {Shown(command, option)}.");
        Add(command, option, words[at + 1], values);
        return at + 1;
    }

    public static bool IsNamed(Parameter option, string word) =>
        word == "--" + option.Name || (option.Letter.Length > 0 && word == "-" + option.Letter);

    private static void Add(
        CommandDescription command, Parameter parameter, string value,
        Dictionary<string, List<string>> values)
    {
        Check(parameter, value);
        if (!values.TryGetValue(parameter.Name, out List<string>? given)) values[parameter.Name] = given = [];
        if (given.Count > 0 && !parameter.IsMany)
            throw PbmException.Usage($"{Shown(command, parameter)} is given twice.");
        given.Add(value);
    }

    private static void Check(Parameter parameter, string value)
    {
        if (parameter.Kind == ParameterKinds.Pair && value.IndexOf('=', StringComparison.Ordinal) < 1)
            throw PbmException.Usage($"--{parameter.Name} {value}: write {parameter.Value}.");
        if (parameter.Kind == ParameterKinds.Number
            && !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            throw PbmException.Usage($"'{value}' is no whole number.");
    }

    private static string Shown(CommandDescription command, Parameter parameter)
    {
        string value = parameter.Value.Length > 0 ? parameter.Value : parameter.Name.ToUpperInvariant();
        return command.Options.Contains(parameter) ? $"--{parameter.Name} {value}" : value;
    }
}
