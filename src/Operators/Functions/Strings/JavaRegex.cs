using System.Text;
using System.Text.RegularExpressions;
using Millrace.Shared.Errors;

namespace Millrace.Operators.Functions.Strings;

/// <summary>
/// Regular expressions as Flink, that is Java, reads them, on .NET's engine: the classes <c>\d</c>, <c>\w</c>
/// and <c>\s</c> are ASCII, <c>\p{Alpha}</c> and its kin exist, <c>\Q..\E</c> quotes.
/// </summary>
internal static class JavaRegex
{
    /// <summary>How long one text may be searched; what takes longer fails the job.</summary>
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(5);

    private static readonly Dictionary<string, string> Posix = new(StringComparer.Ordinal)
    {
        ["Lower"] = "a-z", ["Upper"] = "A-Z", ["Alpha"] = "a-zA-Z", ["Digit"] = "0-9",
        ["Alnum"] = "a-zA-Z0-9", ["Punct"] = "!-/:-@\\[-`{-~", ["Graph"] = "!-~", ["Print"] = " -~",
        ["Blank"] = " \\t", ["Cntrl"] = "\\x00-\\x1f\\x7f", ["XDigit"] = "0-9a-fA-F",
        ["Space"] = " \\t\\n\\x0b\\f\\r", ["ASCII"] = "\\x00-\\x7f",
    };

    /// <summary>Null where the pattern is no regular expression.</summary>
    public static Regex? TryParse(string pattern)
    {
        try
        {
            return new Regex(Translate(pattern), RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Runs a search; too long a search is an error of the data.</summary>
    public static T Guard<T>(Regex regex, Func<T> search)
    {
        try
        {
            return search();
        }
        catch (RegexMatchTimeoutException)
        {
            throw new MillraceException(
                ErrorKind.Invalid,
                $"The regular expression {regex} takes longer than {MatchTimeout.TotalSeconds} s on one "
                + "text; make it simpler.");
        }
    }

    /// <summary>The pattern in .NET's dialect.</summary>
    private static string Translate(string pattern)
    {
        if (!pattern.Contains('\\', StringComparison.Ordinal)) return pattern;
        var result = new StringBuilder(pattern.Length + 16);
        bool inSet = false;
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == '[') inSet = true;
            else if (c == ']') inSet = false;
            if (c == '\\' && i + 1 < pattern.Length) i = AppendEscape(pattern, i + 1, inSet, result);
            else result.Append(c);
        }
        return result.ToString();
    }

    /// <summary>
    /// Appends the escape whose letter stands at <paramref name="at"/>; gives the index of its last
    /// character.
    /// </summary>
    private static int AppendEscape(string pattern, int at, bool inSet, StringBuilder result)
    {
        switch (pattern[at])
        {
            case 'd': return Append("0-9", false);
            case 'D' when !inSet: return Append("0-9", true);
            case 'w': return Append("a-zA-Z0-9_", false);
            case 'W' when !inSet: return Append("a-zA-Z0-9_", true);
            case 's': return Append(Posix["Space"], false);
            case 'S' when !inSet: return Append(Posix["Space"], true);
            case 'h': return Append(" \\t\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000", false);
            case 'R': result.Append("(?:\\r\\n|[\\n\\x0b\\f\\r\\u0085\\u2028\\u2029])"); return at;
            case 'Q': return AppendQuoted(pattern, at + 1, result);
            case 'p' or 'P': return AppendProperty(pattern, at, inSet, result);
            default: result.Append('\\').Append(pattern[at]); return at;
        }

        int Append(string set, bool negated)
        {
            result.Append(inSet ? set : negated ? $"[^{set}]" : $"[{set}]");
            return at;
        }
    }

    private static int AppendQuoted(string pattern, int start, StringBuilder result)
    {
        int end = pattern.IndexOf("\\E", start, StringComparison.Ordinal);
        result.Append(Regex.Escape(end < 0 ? pattern[start..] : pattern[start..end]));
        return end < 0 ? pattern.Length - 1 : end + 1;
    }

    private static int AppendProperty(string pattern, int at, bool inSet, StringBuilder result)
    {
        int end = at + 1 < pattern.Length && pattern[at + 1] == '{' ? pattern.IndexOf('}', at) : -1;
        string name = end < 0 ? "" : pattern[(at + 2)..end];
        if (name.StartsWith("Is", StringComparison.Ordinal)) name = name[2..];
        if (Posix.TryGetValue(name, out string? set))
        {
            bool negated = pattern[at] == 'P';
            result.Append(inSet && !negated ? set : negated ? $"[^{set}]" : $"[{set}]");
            return end;
        }
        result.Append('\\').Append(pattern[at]);
        if (end < 0) return at;
        result.Append('{').Append(name).Append('}');
        return end;
    }
}
