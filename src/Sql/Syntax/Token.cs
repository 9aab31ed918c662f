namespace Millrace.Sql.Syntax;

/// <summary>The kinds of token.</summary>
internal enum TokenKind
{
    /// <summary>A name or a keyword; which of them is decided where it stands.</summary>
    Word,

    /// <summary>A name in backticks.</summary>
    QuotedName,

    String,

    /// <summary>X'..'.</summary>
    Binary,

    Number,

    /// <summary>An operator, a bracket or a mark, also one that the grammar does not know.</summary>
    Symbol,

    /// <summary>The end of the text.</summary>
    End,
}

/// <summary>One token.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">What it says: escapes and quotes undone, a word as written.</param>
/// <param name="Start">The index of its first character.</param>
/// <param name="End">The index behind its last character.</param>
/// <param name="Line">The line of its first character, from 1.</param>
/// <param name="Column">The column of its first character, from 1.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Start, int End, int Line, int Column)
{
    public SourceSpan Span => new(Line, Column, End - Start);

    /// <summary>Whether this is the keyword, given in upper case.</summary>
    public bool IsWord(string keyword) =>
        Kind == TokenKind.Word && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    public bool IsSymbol(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    /// <summary>The token as an error names it.</summary>
    public string Describe() => Kind switch
    {
        TokenKind.End => "the end of the text",
        TokenKind.String => "the string '" + Shortened() + "'",
        TokenKind.QuotedName => "`" + Shortened() + "`",
        TokenKind.Binary => "X'" + Shortened() + "'",
        _ => "'" + Shortened() + "'",
    };

    private string Shortened() => Text.Length <= 40 ? Text : Text[..40] + "…";
}
