using Millrace.Shared.Errors;
using Millrace.Sql.Syntax;

namespace Millrace.Sql;

/// <summary>What is wrong with a text of SQL.</summary>
public enum SqlErrorKind
{
    /// <summary>The text is not SQL of the grammar.</summary>
    Syntax,

    /// <summary>
    /// The text parses, but says something impossible: an unknown column, types that do not fit.
    /// </summary>
    Invalid,

    /// <summary>Valid Flink SQL that Millrace does not know yet.</summary>
    Unsupported,
}

/// <summary>
/// An error in SQL text. The message is one sentence that says what was found and what to write instead;
/// <see cref="Render"/> adds the place.
/// </summary>
public sealed class SqlException : MillraceException
{
    /// <param name="kind">What is wrong.</param>
    /// <param name="message">One clear sentence.</param>
    /// <param name="span">The place, from a token or a node of the tree.</param>
    /// <param name="source">The text; may be attached later by <see cref="In"/>.</param>
    public SqlException(SqlErrorKind kind, string message, SourceSpan span, SqlText? source = null)
        : base(ErrorKind.Invalid, message)
    {
        SqlKind = kind;
        Span = span;
        SourceText = source;
    }

    /// <summary>What is wrong; an engine reports Unsupported apart from the other two.</summary>
    public SqlErrorKind SqlKind { get; }

    public SourceSpan Span { get; }

    /// <summary>The text that <see cref="Span"/> points into, where it is known.</summary>
    public SqlText? SourceText { get; }

    /// <summary>From 1; 0 when the place is not known.</summary>
    public int Line => Span.Line;

    /// <summary>In UTF-16 units from 1; 0 when the place is not known.</summary>
    public int Column => Span.Column;

    /// <summary>The same error with its text, unless it has one already.</summary>
    public SqlException In(SqlText source) =>
        SourceText is null ? new SqlException(SqlKind, Message, Span, source) : this;

    /// <summary>
    /// The error for a reader: <c>file:line:column: message</c>, the line and a caret under the place; the
    /// message alone where the text or the place is not known.
    /// </summary>
    public string Render()
    {
        if (SourceText is null || Span.Line == 0) return Message;
        var line = SourceText.Line(Span.Line);
        var caret = CaretLine(line);
        return $"{SourceText.FileName ?? "sql"}:{Span.Line}:{Span.Column}: {Message}\n  {line}\n  {caret}";
    }

    private string CaretLine(string line)
    {
        var before = line.AsSpan(0, Math.Min(Span.Column - 1, line.Length));
        var indent = string.Concat(
            before.ToString().Select(c => c == '\t' ? "\t" : new string(' ', Width(c))));
        var marked = line.AsSpan(before.Length, Math.Clamp(Span.Length, 0, line.Length - before.Length));
        var width = 0;
        foreach (var c in marked) width += Width(c);
        return indent + new string('^', Math.Max(1, width));
    }

    /// <summary>
    /// Cells of a terminal: two for the wide letters of East Asia, of which a surrogate is one half.
    /// </summary>
    private static int Width(char c) => c is
        >= '\u1100' and <= '\u115f' or >= '\u2e80' and <= '\ua4cf' or >= '\uac00' and <= '\ud7a3' or
        >= '\uf900' and <= '\ufaff' or >= '\ufe30' and <= '\ufe6f' or >= '\uff00' and <= '\uff60' ? 2 : 1;
}
