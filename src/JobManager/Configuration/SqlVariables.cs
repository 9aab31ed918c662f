using System.Text;
using Millrace.Shared.Errors;

namespace Millrace.JobManager.Configuration;

/// <summary>Puts the values of <c>${name}</c> into SQL text.</summary>
internal static class SqlVariables
{
    /// <summary>
    /// Substitutes every variable; inside a string literal a quote of the value is doubled, and comments are
    /// left alone. <c>'$.field'</c> is no variable.
    /// </summary>
    /// <exception cref="MillraceException">Invalid: a variable is unknown or not closed; names file, line and
    /// column.</exception>
    public static string Substitute(string sql, string file, IReadOnlyDictionary<string, string> variables)
    {
        var result = new StringBuilder(sql.Length);
        bool inLiteral = false;
        int i = 0;
        while (i < sql.Length)
        {
            if (!inLiteral && CommentEnd(sql, i) is int end and > 0)
            {
                result.Append(sql, i, end - i);
                i = end;
            }
            else if (sql[i] == '$' && i + 1 < sql.Length && sql[i + 1] == '{')
            {
                (string value, int next) = ValueAt(sql, i, file, variables);
                result.Append(inLiteral ? value.Replace("'", "''", StringComparison.Ordinal) : value);
                i = next;
            }
            else
            {
                inLiteral ^= sql[i] == '\'';
                result.Append(sql[i++]);
            }
        }
        return result.ToString();
    }

    /// <returns>Where the comment that starts here ends; 0 where none starts.</returns>
    private static int CommentEnd(string sql, int start)
    {
        string two = sql.Substring(start, Math.Min(2, sql.Length - start));
        if (two is not ("--" or "/*")) return 0;
        int end = two == "--"
            ? sql.IndexOf('\n', start)
            : sql.IndexOf("*/", start + 2, StringComparison.Ordinal) + 2;
        return end <= start + 1 ? sql.Length : end;
    }

    private static (string Value, int Next) ValueAt(
        string sql, int start, string file, IReadOnlyDictionary<string, string> variables)
    {
        int close = sql.IndexOf('}', start);
        string name = close < 0 ? "" : sql[(start + 2)..close];
        if (close < 0 || name.Contains('\n', StringComparison.Ordinal))
            throw Wrong(sql, start, file, "A variable begins here and is not closed by '}'.");
        if (variables.TryGetValue(name, out string? value)) return (value, close + 1);
        string known = variables.Count == 0
            ? "there are none"
            : ConfigSection.Suggest(name, [.. variables.Keys]);
        throw Wrong(
            sql, start, file, $"There is no variable '{name}': {known}; give it by --set {name}=value.");
    }

    private static MillraceException Wrong(string sql, int at, string file, string message)
    {
        int line = sql.AsSpan(0, at).Count('\n') + 1;
        int column = at - (at == 0 ? -1 : sql.LastIndexOf('\n', at - 1));
        return new MillraceException(ErrorKind.Invalid, $"{file}:{line}:{column}: {message}");
    }
}
