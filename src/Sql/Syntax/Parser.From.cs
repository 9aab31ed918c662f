namespace Millrace.Sql.Syntax;

/// <summary>FROM: tables, joins, hints.</summary>
internal sealed partial class Parser
{
    private static readonly string[] WordsBehindTable =
        ["AS", "JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL"];

    private TableRef ParseFrom()
    {
        var left = ParseJoined();
        while (AcceptSymbol(","))
        {
            var right = ParseJoined();
            var span = Cover(left.Span);
            left = new JoinTable(JoinKind.Cross, false, true, left, right, null, []) { Span = span };
        }

        return left;
    }

    private TableRef ParseJoined() => Nested(() =>
    {
        var left = ParseTableTerm();
        while (TryJoinKind() is var (kind, isNatural)) left = ParseJoin(left, kind, isNatural);
        return left;
    });

    private (JoinKind Kind, bool IsNatural)? TryJoinKind()
    {
        if (IsWord("ASOF")) throw Unsupported("ASOF JOIN is not known; use FOR SYSTEM_TIME AS OF.");
        var isNatural = AcceptWord("NATURAL");
        if (AcceptWord("CROSS")) return Joined(JoinKind.Cross, false);
        if (AcceptWord("INNER")) return Joined(JoinKind.Inner, isNatural);
        if (AcceptWord("LEFT")) return Outer(JoinKind.Left, isNatural);
        if (AcceptWord("RIGHT")) return Outer(JoinKind.Right, isNatural);
        if (AcceptWord("FULL")) return Outer(JoinKind.Full, isNatural);
        if (AcceptWord("JOIN")) return (JoinKind.Inner, isNatural);
        return isNatural ? throw Unexpected("JOIN") : null;
    }

    private (JoinKind Kind, bool IsNatural) Outer(JoinKind kind, bool isNatural)
    {
        AcceptWord("OUTER");
        if (IsWord("SEMI") || IsWord("ANTI"))
            throw Error("Flink SQL has no SEMI or ANTI JOIN; write WHERE EXISTS (..) or NOT EXISTS (..).");
        return Joined(kind, isNatural);
    }

    private (JoinKind Kind, bool IsNatural) Joined(JoinKind kind, bool isNatural)
    {
        ExpectWord("JOIN");
        return (kind, isNatural);
    }

    private JoinTable ParseJoin(TableRef left, JoinKind kind, bool isNatural)
    {
        var right = ParseTableTerm();
        SqlExpr? on = null;
        SyntaxList<Identifier> columns = [];
        if (AcceptWord("ON")) on = ParseExpression();
        else if (AcceptWord("USING")) columns = ParseNameList();
        else if (kind != JoinKind.Cross && !isNatural)
            throw Unexpected("ON with the join's condition (or USING, or write CROSS JOIN)");
        return new JoinTable(kind, isNatural, false, left, right, on, columns) { Span = Cover(left.Span) };
    }

    private TableRef ParseTableTerm()
    {
        var start = _index;
        var table = ParseTablePrimary();
        while (IsWord("MATCH_RECOGNIZE")) table = ParseMatchRecognize(table);
        var word = Current.Text.ToUpperInvariant();
        var isKnown = Current.Kind != TokenKind.Word || word is not ("TABLESAMPLE" or "PIVOT" or "UNPIVOT");
        if (!isKnown && !IsAliasBefore(word))
            throw Unsupported($"{word} is not known yet.");
        return table with { Span = From(start) };
    }

    /// <summary>PIVOT is no reserved word here: it is an alias unless a bracket follows.</summary>
    private bool IsAliasBefore(string word) => word != "TABLESAMPLE" && !Ahead(1).IsSymbol("(");

    private TableRef ParseTablePrimary()
    {
        var lateral = AcceptWord("LATERAL");
        if (IsWord("TABLE") && Ahead(1).IsSymbol("(")) return ParseTableFunction(lateral);
        if (IsWord("UNNEST")) return ParseUnnest();
        if (IsSymbol("(")) return ParseBracketedTable(lateral);
        if (lateral) throw Unexpected("TABLE(function(..)) or a query in brackets after LATERAL");
        return ParseNamedTable();
    }

    private TableRef ParseBracketedTable(bool lateral)
    {
        if (StartsQuery(0) && !IsJoinInBrackets())
        {
            var query = ParseBracketedQuery();
            return new DerivedTable(query, lateral, ParseTableAlias());
        }

        ExpectSymbol("(");
        var table = ParseFrom();
        ExpectSymbol(")");
        return table;
    }

    /// <summary>
    /// Whether these brackets hold a join whose first table is a query, <c>((SELECT ..) AS a JOIN b ..)</c>,
    /// and not a query: what follows the inner brackets tells.
    /// </summary>
    private bool IsJoinInBrackets()
    {
        if (!Ahead(1).IsSymbol("(")) return false;
        var ahead = 1;
        for (var depth = 0; ; ahead++)
        {
            if (Ahead(ahead).IsSymbol("(")) depth++;
            else if (Ahead(ahead).IsSymbol(")") && --depth == 0) break;
            else if (Ahead(ahead).Kind == TokenKind.End) return false;
        }

        var next = Ahead(ahead + 1);
        return next.IsSymbol(",") || IsNameAt(ahead + 1) ||
            WordsBehindTable.Any(next.IsWord);
    }

    private TableFunction ParseTableFunction(bool lateral)
    {
        ExpectWord("TABLE");
        ExpectSymbol("(");
        var start = _index;
        var call = ParseExpression() as FunctionCall
            ?? throw new SqlException(
                SqlErrorKind.Syntax, "TABLE(..) takes a call of a table function.", From(start));
        ExpectSymbol(")");
        return new TableFunction(call, lateral, ParseTableAlias());
    }

    private UnnestTable ParseUnnest()
    {
        ExpectWord("UNNEST");
        var inputs = ParseBracketed(ParseExpression);
        var ordinality = AcceptWords("WITH", "ORDINALITY");
        return new UnnestTable(inputs, ordinality, ParseTableAlias());
    }

    private TableRef ParseNamedTable()
    {
        var start = _index;
        var name = ParseQualifiedName("a table's name");
        if (IsSymbol("("))
        {
            _index = start;
            return new TableFunction((FunctionCall)ParseExpression(), false, ParseTableAlias());
        }

        var hints = ParseHints();
        var asOf = IsWord("FOR") ? ParseAsOf() : null;
        var alias = ParseTableAlias();
        if (asOf is null && IsWord("FOR"))
            throw Error("The alias follows the time: write FOR SYSTEM_TIME AS OF .. AS alias.");
        return new NamedTable(name, hints.Count > 0 ? hints : ParseHints(), asOf, alias);
    }

    private SqlExpr ParseAsOf()
    {
        ExpectWords("FOR", "SYSTEM_TIME", "AS", "OF");
        return ParseExpression();
    }

    private TableAlias? ParseTableAlias()
    {
        var start = _index;
        var name = ParseAlias();
        if (name is null) return null;
        SyntaxList<Identifier> columns = IsSymbol("(") ? ParseNameList() : [];
        return new TableAlias(name, columns) { Span = From(start) };
    }

    private SyntaxList<Hint> ParseHints()
    {
        if (!AcceptSymbol("/*+")) return [];
        var hints = new List<Hint>();
        while (!AcceptSymbol("*/"))
        {
            hints.Add(ParseHint());
            AcceptSymbol(",");
        }

        return [.. hints];
    }

    private Hint ParseHint()
    {
        var start = _index;
        var name = ParseName("a hint's name");
        SyntaxList<HintItem> items = [];
        if (AcceptSymbol("("))
        {
            if (!IsSymbol(")")) items = ParseList(ParseHintItem);
            ExpectSymbol(")");
        }

        return new Hint(name, items) { Span = From(start) };
    }

    private HintItem ParseHintItem()
    {
        var start = _index;
        var first = ParseHintText();
        return AcceptSymbol("=")
            ? new HintItem(first, ParseHintText()) { Span = From(start) }
            : new HintItem(null, first) { Span = From(start) };
    }

    private string ParseHintText() =>
        Current.Kind is TokenKind.Symbol or TokenKind.End
            ? throw Unexpected("a hint's argument")
            : Advance().Text;
}
