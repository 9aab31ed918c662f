using System.Text;
using System.Text.RegularExpressions;
using Millrace.Shared.Errors;

namespace Millrace.Operators.Functions.Strings;

/// <summary>
/// SIMILAR TO patterns, SQL's regular expressions: <c>%</c> and <c>_</c> as in LIKE, <c>| * + ? {n,m} (
/// )</c>, sets with <c>[:class:]</c>; the whole text must match.
/// </summary>
internal static class SimilarPattern
{
    private static readonly Dictionary<string, string> Classes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ALPHA"] = "\\p{L}", ["UPPER"] = "\\p{Lu}", ["LOWER"] = "\\p{Ll}", ["DIGIT"] = "\\d",
        ["ALNUM"] = "\\p{L}\\d", ["SPACE"] = " ", ["WHITESPACE"] = "\\s",
    };

    /// <exception cref="MillraceException">Invalid: no such pattern.</exception>
    public static Regex Parse(string pattern, string? escape)
    {
        var regex = new StringBuilder("\\A(?:");
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (escape is { Length: 1 } && c == escape[0] && i + 1 < pattern.Length)
                regex.Append(Regex.Escape(pattern[++i].ToString()));
            else if (c == '[') i = AppendSet(pattern, i, regex);
            else if (c == '%') regex.Append("(?s:.*)");
            else if (c == '_')
                regex.Append("(?:[\\ud800-\\udbff][\\udc00-\\udfff]|[^\\n\\r\\u0085\\u2028\\u2029])");
            else if (c is '.' or '^' or '$' or '\\') regex.Append('\\').Append(c);
            else regex.Append(c);
        }
        return JavaRegex.TryParse(regex.Append(")\\z").ToString()) ?? throw Bad(pattern);
    }

    private static int AppendSet(string pattern, int start, StringBuilder regex)
    {
        regex.Append('[');
        for (int i = start + 1; i < pattern.Length; i++)
        {
            if (pattern[i] == ']')
            {
                regex.Append(']');
                return i;
            }
            int end = pattern[i] == '[' && i + 1 < pattern.Length && pattern[i + 1] == ':'
                ? pattern.IndexOf(":]", i + 2, StringComparison.Ordinal)
                : -1;
            if (end > 0 && Classes.TryGetValue(pattern[(i + 2)..end], out string? set))
            {
                regex.Append(set);
                i = end + 1;
            }
            else regex.Append(pattern[i] is '[' or '\\' ? "\\" + pattern[i] : pattern[i].ToString());
        }
        throw Bad(pattern);
    }

    private static MillraceException Bad(string pattern) =>
        new(ErrorKind.Invalid, $"'{pattern}' is no pattern of SIMILAR TO.");
}
