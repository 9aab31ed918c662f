using Millrace.CommandProtocol;
using Millrace.Pbm.CommandLine;

namespace Millrace.Pbm.Shell;

/// <summary>What may stand at the end of a line, by what the server described.</summary>
/// <param name="palettes">The server's.</param>
/// <param name="valuesOf">Values that the server has of a source, with a beginning.</param>
/// <param name="filesOf">Files and folders with a beginning; folders end in a slash.</param>
internal sealed class Completer(
    IReadOnlyList<PaletteDescription> palettes,
    Func<string, string, Task<IReadOnlyList<string>>> valuesOf,
    Func<string, IReadOnlyList<string>> filesOf)
{
    private static readonly string[] Outputs = ["table", "json"];

    /// <param name="words">Those before it, without the program's and the addresses.</param>
    /// <param name="last">The beginning of the word.</param>
    /// <returns>Whole words, in order.</returns>
    public async Task<IReadOnlyList<string>> CandidatesAsync(IReadOnlyList<string> words, string last)
    {
        if (words is [.., "--output"]) return Matching(Outputs, last);
        if (last.StartsWith("--output=", StringComparison.Ordinal))
            return Matching(Outputs.Select(o => "--output=" + o), last);
        List<string> plain = [.. words.Where((w, i) => !IsGlobal(words, i))];
        if (plain.Count == 0) return Matching([.. palettes.Select(p => p.Name), .. Global(last)], last);
        if (palettes.FirstOrDefault(p => p.Name == plain[0]) is not { } palette) return [];
        if (plain.Count == 1)
            return Matching([.. palette.Commands.Select(c => c.Name), .. Global(last)], last);
        return palette.Commands.FirstOrDefault(c => c.Name == plain[1]) is { } command
            ? await OfCommandAsync(command, plain, last).ConfigureAwait(false)
            : [];
    }

    /// <summary>What all candidates begin with.</summary>
    public static string CommonStart(IReadOnlyList<string> candidates)
    {
        string common = candidates[0];
        foreach (string candidate in candidates)
        {
            int length = 0;
            while (length < common.Length && length < candidate.Length && common[length] == candidate[length])
                length++;
            common = common[..length];
        }
        return common;
    }

    private async Task<IReadOnlyList<string>> OfCommandAsync(
        CommandDescription command, List<string> words, string last)
    {
        if (OptionThatWaits(command, words[^1], words.Count) is { } option)
            return await ValuesAsync(option, last).ConfigureAwait(false);
        if (last.StartsWith('-')) return Matching([.. Options(command, words), .. Global(last)], last);
        Parameter? argument = NextArgument(command, words);
        if (argument is not null) return await ValuesAsync(argument, last).ConfigureAwait(false);
        return last.Length == 0 ? Matching(Options(command, words), "") : [];
    }

    /// <summary>The option whose value comes next.</summary>
    private static Parameter? OptionThatWaits(CommandDescription command, string before, int count) =>
        count <= 2
            ? null
            : command.Options.FirstOrDefault(
                o => o.Kind != ParameterKinds.Flag && CommandParser.IsNamed(o, before));

    private static IEnumerable<string> Options(CommandDescription command, List<string> words) =>
        command.Options.Where(o => o.IsMany || !words.Exists(w => CommandParser.IsNamed(o, w.Split('=')[0])))
            .Select(o => "--" + o.Name);

    private static Parameter? NextArgument(CommandDescription command, List<string> words)
    {
        int given = 0;
        for (int i = 2; i < words.Count; i++)
        {
            if (!words[i].StartsWith('-')) given++;
            else if (OptionThatWaits(command, words[i], i + 1) is not null) i++;
        }
        if (given < command.Arguments.Count) return command.Arguments[given];
        return command.Arguments is [.., { IsMany: true } last] ? last : null;
    }

    private async Task<IReadOnlyList<string>> ValuesAsync(Parameter parameter, string last)
    {
        if (parameter.Kind is ParameterKinds.File or ParameterKinds.Folder)
            return Matching(
                filesOf(last).Where(f => parameter.Kind == ParameterKinds.File || f.EndsWith('/')), last);
        return parameter.Completes.Length == 0
            ? []
            : Matching(await valuesOf(parameter.Completes, last).ConfigureAwait(false), last);
    }

    private static bool IsGlobal(IReadOnlyList<string> words, int at) =>
        words[at] is "--help" or "-h" or "--output"
        || words[at].StartsWith("--output=", StringComparison.Ordinal)
        || (at > 0 && words[at - 1] == "--output");

    private static string[] Global(string last) => last.StartsWith('-') ? ["--help", "--output"] : [];

    private static IReadOnlyList<string> Matching(IEnumerable<string> all, string last) =>
        [.. all.Where(c => c.StartsWith(last, StringComparison.Ordinal)).Distinct()];
}
