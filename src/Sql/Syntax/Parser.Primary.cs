namespace Millrace.Sql.Syntax;

/// <summary>Expressions without operators: literals, names, brackets, CASE, CAST, constructors.</summary>
internal sealed partial class Parser
{
    private SqlExpr ParsePrimary()
    {
        var start = _index;
        return ParseBarePrimary() with { Span = From(start) };
    }

    private SqlExpr ParseBarePrimary()
    {
        switch (Current.Kind)
        {
            case TokenKind.Number: return new NumberLiteral(Advance().Text);
            case TokenKind.String: return new StringLiteral(ParseJoinedStrings());
            case TokenKind.Binary: return new BinaryLiteral(Advance().Text);
            case TokenKind.QuotedName: return ParseNameOrCall();
            case TokenKind.Symbol when IsSymbol("("): return ParseBrackets();
            case TokenKind.Word: return ParseKeywordPrimary() ?? ParseNameOrCall();
            default: throw Unexpected("an expression");
        }
    }

    /// <summary>'a' 'b' is one string.</summary>
    private string ParseJoinedStrings()
    {
        var text = Advance().Text;
        while (Current.Kind == TokenKind.String) text += Advance().Text;
        return text;
    }

    private SqlExpr? ParseKeywordPrimary()
    {
        var next = Ahead(1);
        switch (Current.Text.ToUpperInvariant())
        {
            case "NULL": return Taken(new NullLiteral());
            case "TRUE": return Taken(new BooleanLiteral(true));
            case "FALSE": return Taken(new BooleanLiteral(false));
            case "UNKNOWN": return Taken(new BooleanLiteral(null));
            case "DATE" when next.Kind == TokenKind.String: return ParseDateTime(DateTimeKindName.Date);
            case "TIME" when next.Kind == TokenKind.String: return ParseDateTime(DateTimeKindName.Time);
            case "TIMESTAMP" when next.Kind == TokenKind.String:
                return ParseDateTime(DateTimeKindName.Timestamp);
            case "INTERVAL": return ParseInterval();
            case "CASE": return ParseCase();
            case "CAST" or "TRY_CAST" when next.IsSymbol("("): return ParseCast();
            case "EXISTS" when next.IsSymbol("("): return ParseExists();
            case "ROW" when next.IsSymbol("("): return ParseRow();
            case "ARRAY" when next.IsSymbol("["): return new ArrayConstructor(ParseSquareBrackets());
            case "MAP" when next.IsSymbol("["): return ParseMap();
            case "RUNNING" or "FINAL" when IsCallAt(1): return ParseMatchSemantics();
            default: return null;
        }
    }

    private bool IsCallAt(int ahead) => Ahead(ahead).Kind == TokenKind.Word &&
        Keywords.CanNameFunction(Ahead(ahead).Text) && Ahead(ahead + 1).IsSymbol("(");

    private SqlExpr Taken(SqlExpr literal)
    {
        _index++;
        return literal;
    }

    private DateTimeLiteral ParseDateTime(DateTimeKindName kind)
    {
        _index++;
        return new DateTimeLiteral(kind, Advance().Text);
    }

    private IntervalLiteral ParseInterval()
    {
        ExpectWord("INTERVAL");
        var negative = AcceptSymbol("-");
        if (!negative) AcceptSymbol("+");
        if (Current.Kind == TokenKind.Number)
            throw Error(
                $"An interval's quantity stands in quotes: INTERVAL '{Current.Text}' {Ahead(1).Text}.");
        var text = ExpectString("the quantity of the interval");
        return new IntervalLiteral(text, negative, ParseIntervalQualifier());
    }

    private CaseExpr ParseCase()
    {
        ExpectWord("CASE");
        var operand = IsWord("WHEN") ? null : ParseExpression();
        var branches = new List<CaseBranch>();
        do
        {
            branches.Add(ParseBranch());
        }
        while (IsWord("WHEN"));
        var otherwise = AcceptWord("ELSE") ? ParseExpression() : null;
        if (!AcceptWord("END")) throw Unexpected("WHEN, ELSE or END of the CASE");
        return new CaseExpr(operand, [.. branches], otherwise);
    }

    private CaseBranch ParseBranch()
    {
        var start = _index;
        ExpectWord("WHEN");
        var condition = ParseExpression();
        ExpectWord("THEN");
        return new CaseBranch(condition, ParseExpression()) { Span = From(start) };
    }

    private CastExpr ParseCast()
    {
        var isTry = Advance().IsWord("TRY_CAST");
        ExpectSymbol("(");
        var operand = ParseExpression();
        ExpectWord("AS");
        var type = ParseType();
        ExpectSymbol(")");
        return new CastExpr(operand, type, isTry);
    }

    private ExistsExpr ParseExists()
    {
        _index++;
        return new ExistsExpr(ParseBracketedQuery());
    }

    private RowConstructor ParseRow()
    {
        ExpectWord("ROW");
        ExpectSymbol("(");
        SyntaxList<SqlExpr> items = IsSymbol(")") ? [] : ParseList(ParseExpression);
        ExpectSymbol(")");
        return new RowConstructor(items);
    }

    private SyntaxList<SqlExpr> ParseSquareBrackets()
    {
        _index++;
        ExpectSymbol("[");
        SyntaxList<SqlExpr> items = IsSymbol("]") ? [] : ParseList(ParseExpression);
        ExpectSymbol("]");
        return items;
    }

    private MapConstructor ParseMap()
    {
        var items = ParseSquareBrackets();
        if (items.Count % 2 != 0) throw Error("MAP[..] takes keys and values by turns: MAP['a', 1, 'b', 2].");
        return new MapConstructor(items);
    }

    private MatchSemantics ParseMatchSemantics()
    {
        var isFinal = Advance().IsWord("FINAL");
        return new MatchSemantics(isFinal, ParsePostfix());
    }

    /// <summary>A query as a value, a row, or an expression in brackets.</summary>
    private static readonly string[] IntervalUnits = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"];

    private SqlExpr ParseBrackets()
    {
        var start = _index;
        ExpectSymbol("(");
        if (!IsSymbol("(") && StartsQuery(0)) return ClosedQuery(ParseQuery());
        var first = ParseExpression();
        if (first is ScalarSubquery inner && ContinuesQuery) return ClosedQuery(ContinueQuery(inner.Query));
        var items = new List<SqlExpr> { first };
        while (AcceptSymbol(",")) items.Add(ParseExpression());
        if (!IsSymbol(")")) throw Unexpected($"')' to the '(' of line {_tokens[start].Line}");
        _index++;
        if (first is BinaryExpr { Operator: BinaryOperator.Subtract }
            && IntervalUnits.Contains(Current.Text.ToUpperInvariant()))
            throw Unsupported(
                "(time - time) UNIT is not supported yet; write TIMESTAMPDIFF(UNIT, from, to).");
        return items.Count == 1 ? first : new RowConstructor([.. items]);
    }

    private ScalarSubquery ClosedQuery(QueryNode query)
    {
        ExpectSymbol(")");
        return new ScalarSubquery(query);
    }

    /// <summary>A call where a bracket follows the name, else a dotted name.</summary>
    private SqlExpr ParseNameOrCall()
    {
        if (Ahead(1).IsSymbol("(") && (IsName || Keywords.CanNameFunction(Current.Text))) return ParseCall();
        if (Current.Kind == TokenKind.Word && Keywords.IsWithoutBrackets(Current.Text))
        {
            var word = Advance();
            return new FunctionCall(Name(word), []);
        }

        if (!IsName && Current.Kind == TokenKind.Word && IsClauseWord()) throw Unexpected("an expression");
        var start = _index;
        var parts = new List<Identifier> { ParseName("an expression") };
        while (IsSymbol(".") && IsNameAt(1))
        {
            _index++;
            parts.Add(ParseName());
        }

        if (!IsSymbol("(") || parts.Count == 1) return new ColumnRef([.. parts]) { Span = From(start) };
        return ParseGenericCall(new QualifiedName([.. parts]) { Span = From(start) });
    }

    /// <summary>
    /// Whether the reserved word here begins or ends a clause, so that backticks are no advice.
    /// </summary>
    private bool IsClauseWord() => Current.Text.ToUpperInvariant() is
        "FROM" or "WHERE" or "GROUP" or "ORDER" or "HAVING" or "SELECT" or "JOIN" or "ON" or "AND" or "OR" or
        "UNION" or "INTERSECT" or "EXCEPT" or "THEN" or "ELSE" or "WHEN" or "END" or "AS" or "LIMIT" or
        "INSERT" or "CREATE" or "SET" or "WITH" or "IN" or "IS" or "BETWEEN" or "LIKE" or "LEFT" or
        "RIGHT" or "FULL";

    private static QualifiedName Name(Token token) =>
        new([new Identifier(token.Text) { Span = token.Span }]) { Span = token.Span };
}
