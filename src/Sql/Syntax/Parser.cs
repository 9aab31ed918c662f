namespace Millrace.Sql.Syntax;

/// <summary>
/// A recursive-descent parser of Flink SQL, split by concern: <c>Parser.Statements</c>,
/// <c>Parser.CreateTable</c>, <c>Parser.Queries</c>, <c>Parser.From</c>, <c>Parser.Match</c>,
/// <c>Parser.Types</c>, and for expressions, which climb by precedence (Pratt 1973),
/// <c>Parser.Expressions</c>, <c>Parser.Primary</c>, <c>Parser.Calls</c> and <c>Parser.Json</c>. This file
/// holds the cursor.
/// </summary>
/// <remarks>
/// Every method named <c>ParseX</c> starts at the first token of an X and ends behind its last one. The first
/// error ends the parse. One instance parses one text.
/// </remarks>
internal sealed partial class Parser
{
    /// <summary>How deep brackets, subqueries and types may nest; a deeper text is refused.</summary>
    private const int MaximumDepth = 400;

    private readonly string _text;
    private readonly Token[] _tokens;
    private int _index;
    private int _depth;

    public Parser(string text)
    {
        _text = text;
        _tokens = Lexer.Tokenize(text);
    }

    private Token Current => _tokens[_index];

    private Token Previous => _tokens[Math.Max(0, _index - 1)];

    /// <summary>The token so many places ahead; behind the last one, the end.</summary>
    private Token Ahead(int count) => _tokens[Math.Min(_index + count, _tokens.Length - 1)];

    private bool AtEnd => Current.Kind == TokenKind.End;

    private bool IsWord(string keyword) => Current.IsWord(keyword);

    private bool IsWord(string first, string second) => Current.IsWord(first) && Ahead(1).IsWord(second);

    private bool IsSymbol(string symbol) => Current.IsSymbol(symbol);

    private Token Advance()
    {
        var token = Current;
        if (!AtEnd) _index++;
        return token;
    }

    private bool AcceptWord(string keyword)
    {
        if (!IsWord(keyword)) return false;
        _index++;
        return true;
    }

    private bool AcceptWords(string first, string second)
    {
        if (!IsWord(first, second)) return false;
        _index += 2;
        return true;
    }

    private bool AcceptSymbol(string symbol)
    {
        if (!IsSymbol(symbol)) return false;
        _index++;
        return true;
    }

    private void ExpectWord(string keyword)
    {
        if (!AcceptWord(keyword)) throw Unexpected(keyword);
    }

    private void ExpectWords(params ReadOnlySpan<string> keywords)
    {
        foreach (var keyword in keywords) ExpectWord(keyword);
    }

    private void ExpectSymbol(string symbol)
    {
        if (!AcceptSymbol(symbol)) throw Unexpected($"'{symbol}'");
    }

    private void ExpectEnd()
    {
        if (!AtEnd) throw Unexpected("the end of the text");
    }

    private string ExpectString(string what) =>
        Current.Kind == TokenKind.String ? Advance().Text : throw Unexpected($"{what} in single quotes");

    private int ExpectInteger(string what)
    {
        if (Current.Kind == TokenKind.Number && int.TryParse(Current.Text, out var value))
        {
            _index++;
            return value;
        }

        throw Unexpected(what);
    }

    /// <summary>Whether a name stands here: a word that is not reserved, or anything in backticks.</summary>
    private bool IsName => IsNameAt(0);

    private bool IsNameAt(int ahead) => Ahead(ahead) is { Kind: TokenKind.QuotedName } ||
        (Ahead(ahead) is { Kind: TokenKind.Word } word && !Keywords.IsReserved(word.Text));

    private Identifier ParseName(string what = "a name")
    {
        if (IsName)
        {
            var token = Advance();
            return new Identifier(token.Text) { Span = token.Span };
        }

        throw Current.Kind == TokenKind.Word && Keywords.IsReserved(Current.Text)
            ? Error($"Expected {what}, but '{Current.Text}' is a reserved word; as a name write it in " +
                $"backticks: `{Current.Text}`.")
            : Unexpected(what);
    }

    private QualifiedName ParseQualifiedName(string what)
    {
        var start = _index;
        var parts = new List<Identifier> { ParseName(what) };
        while (AcceptSymbol(".")) parts.Add(ParseName());
        return new QualifiedName([.. parts]) { Span = From(start) };
    }

    /// <summary>One or more items with commas between them.</summary>
    private SyntaxList<T> ParseList<T>(Func<T> parseItem)
    {
        var items = new List<T> { parseItem() };
        while (IsSymbol(","))
        {
            RefuseTrailingComma();
            _index++;
            items.Add(parseItem());
        }

        return [.. items];
    }

    private void RefuseTrailingComma()
    {
        if (Ahead(1).IsSymbol(")") || Ahead(1).IsWord("FROM"))
            throw Error($"A comma stands before '{Ahead(1).Text}'; remove it or write the missing item.");
    }

    private SyntaxList<T> ParseBracketed<T>(Func<T> parseItem)
    {
        ExpectSymbol("(");
        var items = ParseList(parseItem);
        ExpectSymbol(")");
        return items;
    }

    private SyntaxList<Identifier> ParseNameList() => ParseBracketed(() => ParseName("a column's name"));

    /// <summary>The span from a token to the last one that was taken.</summary>
    private SourceSpan From(int startIndex)
    {
        var start = _tokens[startIndex];
        return new SourceSpan(start.Line, start.Column, Math.Max(Previous.End, start.End) - start.Start);
    }

    private SqlException Unexpected(string expected)
    {
        return Error($"Expected {expected}, but found {Current.Describe()}.");
    }

    private SqlException Error(string message) => new(SqlErrorKind.Syntax, message, Current.Span);

    private SqlException Unsupported(string message) => new(SqlErrorKind.Unsupported, message, Current.Span);

    /// <summary>Runs a nested parse, one level deeper.</summary>
    private T Nested<T>(Func<T> parse)
    {
        if (++_depth > MaximumDepth)
            throw Error($"This text nests deeper than {MaximumDepth} levels; split the query with views.");
        var result = parse();
        _depth--;
        return result;
    }
}
