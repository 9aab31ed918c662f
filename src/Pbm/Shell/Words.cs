using System.Text;

namespace Millrace.Pbm.Shell;

/// <summary>
/// A line cut into words as a shell does: quotes of both kinds, a backslash before a character outside of
/// single quotes.
/// </summary>
/// <param name="All">The words that are complete: something follows them.</param>
/// <param name="Last">The word at the end of the line, perhaps empty, perhaps in an open quote.</param>
/// <param name="LastStart">Where in the line it begins.</param>
/// <param name="IsOpen">A quote is not closed.</param>
internal sealed record Words(IReadOnlyList<string> All, string Last, int LastStart, bool IsOpen)
{
    /// <summary>The whole line's words.</summary>
    public IReadOnlyList<string> Complete => HasLast ? [.. All, Last] : All;

    private bool HasLast { get; init; }

    public static Words Of(string line)
    {
        List<string> words = [];
        var word = new StringBuilder();
        int start = -1;
        char quote = '\0';
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            bool isBlank = quote == '\0' && char.IsWhiteSpace(c);
            if (isBlank && start >= 0) words.Add(Take(word, ref start));
            if (isBlank) continue;
            if (start < 0) start = i;
            if (quote == '\0' && c is '"' or '\'' && quote == '\0') quote = c;
            else if (c == quote) quote = '\0';
            else if (c == '\\' && quote != '\'' && i + 1 < line.Length) word.Append(line[++i]);
            else word.Append(c);
        }
        return new Words(words, word.ToString(), start < 0 ? line.Length : start, quote != '\0')
        {
            HasLast = start >= 0,
        };
    }

    private const string PlainMarks = "-_./:=,@+%~";

    /// <summary>A text as one word of a line.</summary>
    public static string Quote(string text) =>
        text.Length > 0
        && text.All(c => char.IsLetterOrDigit(c) || PlainMarks.Contains(c, StringComparison.Ordinal))
            ? text
            : "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static string Take(StringBuilder word, ref int start)
    {
        string taken = word.ToString();
        word.Clear();
        start = -1;
        return taken;
    }
}
