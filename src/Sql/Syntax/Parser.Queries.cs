namespace Millrace.Sql.Syntax;

/// <summary>Queries: WITH, set operations, SELECT blocks, grouping, ordering, windows.</summary>
internal sealed partial class Parser
{
    /// <summary>Whether a query begins so many tokens ahead; brackets may stand before it.</summary>
    private bool StartsQuery(int ahead)
    {
        while (Ahead(ahead).IsSymbol("(")) ahead++;
        var token = Ahead(ahead);
        return token.IsWord("SELECT") || token.IsWord("WITH") || token.IsWord("VALUES") ||
            token.IsWord("TABLE");
    }

    private QueryNode ParseQuery() => Nested(() =>
    {
        var start = _index;
        if (!AcceptWord("WITH")) return ParseOrdered(ParseSetOperations());
        if (IsWord("RECURSIVE"))
            throw Unsupported("WITH RECURSIVE is not known; Flink has no recursive queries.");
        var tables = ParseList(ParseCommonTable);
        return new WithQuery(tables, ParseOrdered(ParseSetOperations())) { Span = From(start) };
    });

    private CommonTable ParseCommonTable()
    {
        var start = _index;
        var name = ParseName("the name of a common table");
        SyntaxList<Identifier> columns = IsSymbol("(") ? ParseNameList() : [];
        ExpectWord("AS");
        return new CommonTable(name, columns, ParseBracketedQuery()) { Span = From(start) };
    }

    private QueryNode ParseBracketedQuery()
    {
        ExpectSymbol("(");
        if (!StartsQuery(0)) throw Unexpected("a query (SELECT, VALUES or WITH)");
        var query = ParseQuery();
        ExpectSymbol(")");
        return query;
    }

    private QueryNode ParseOrdered(QueryNode input)
    {
        SyntaxList<SortKey> keys = AcceptWords("ORDER", "BY") ? ParseList(ParseSortKey) : [];
        SqlExpr? offset = null, limit = null;
        var hasLimit = AcceptWord("LIMIT");
        if (hasLimit) limit = ParseLimit();
        if (AcceptWord("OFFSET"))
        {
            offset = ParseExpression();
            if (!AcceptWord("ROWS")) AcceptWord("ROW");
        }

        if (AcceptWord("FETCH")) limit = ParseFetch();
        else if (!hasLimit && AcceptWord("LIMIT")) limit = ParseLimit();
        return keys.Count == 0 && offset is null && limit is null
            ? input
            : new OrderedQuery(input, keys, offset, limit) { Span = Cover(input.Span) };
    }

    private SqlExpr? ParseLimit() => AcceptWord("ALL") ? null : ParseExpression();

    private SqlExpr ParseFetch()
    {
        if (!AcceptWord("FIRST")) ExpectWord("NEXT");
        var isOne = IsWord("ROW") || IsWord("ROWS");
        var limit = isOne ? new NumberLiteral("1") { Span = Current.Span } : ParseExpression();
        if (!AcceptWord("ROWS")) ExpectWord("ROW");
        ExpectWord("ONLY");
        return limit;
    }

    private SortKey ParseSortKey()
    {
        var start = _index;
        var expression = ParseExpression();
        var descending = AcceptWord("DESC");
        if (!descending) AcceptWord("ASC");
        bool? nullsFirst = AcceptWords("NULLS", "FIRST") ? true : AcceptWords("NULLS", "LAST") ? false : null;
        return new SortKey(expression, descending, nullsFirst) { Span = From(start) };
    }

    private QueryNode ParseSetOperations() => ContinueSetOperations(ParseIntersections());

    private QueryNode ContinueSetOperations(QueryNode left)
    {
        while (IsWord("UNION") || IsWord("EXCEPT"))
        {
            var set = Advance().IsWord("UNION") ? SetOperator.Union : SetOperator.Except;
            var isAll = ParseSetQuantifier();
            left = new SetOperation(set, isAll, left, ParseIntersections()) { Span = Cover(left.Span) };
        }

        return IsWord("MINUS") ? throw Error("Flink SQL writes EXCEPT, not MINUS.") : left;
    }

    private QueryNode ParseIntersections() => ContinueIntersections(ParseQueryTerm());

    private QueryNode ContinueIntersections(QueryNode left)
    {
        while (AcceptWord("INTERSECT"))
        {
            var isAll = ParseSetQuantifier();
            var right = ParseQueryTerm();
            left = new SetOperation(SetOperator.Intersect, isAll, left, right) { Span = Cover(left.Span) };
        }

        return left;
    }

    private bool ParseSetQuantifier()
    {
        if (AcceptWord("ALL")) return true;
        AcceptWord("DISTINCT");
        return false;
    }

    /// <summary>Goes on behind a bracketed query: set operations, order and limit.</summary>
    private QueryNode ContinueQuery(QueryNode left) =>
        ParseOrdered(ContinueSetOperations(ContinueIntersections(left)));

    private bool ContinuesQuery => IsWord("UNION") || IsWord("EXCEPT") || IsWord("INTERSECT") ||
        IsWord("ORDER") || IsWord("LIMIT") || IsWord("OFFSET") || IsWord("FETCH");

    private QueryNode ParseQueryTerm()
    {
        if (IsSymbol("(")) return ParseBracketedQuery();
        if (IsWord("SELECT")) return ParseSelect();
        var start = _index;
        if (AcceptWord("VALUES")) return new ValuesQuery(ParseList(ParseValuesRow)) { Span = From(start) };
        if (AcceptWord("TABLE"))
            return new TableQuery(ParseQualifiedName("a table's name")) { Span = From(start) };
        throw Unexpected("a query (SELECT, VALUES or WITH)");
    }

    private RowConstructor ParseValuesRow()
    {
        var row = ParseExpression();
        return row as RowConstructor ?? new RowConstructor([row]) { Span = row.Span };
    }

    private Select ParseSelect()
    {
        var start = _index;
        ExpectWord("SELECT");
        var hints = ParseHints();
        if (IsWord("STREAM")) throw Error("Remove STREAM: every query here is a streaming query.");
        var distinct = AcceptWord("DISTINCT");
        if (!distinct) AcceptWord("ALL");
        var items = ParseList(ParseSelectItem);
        var from = AcceptWord("FROM") ? ParseFrom() : null;
        if (from is null && IsWord("WHERE")) throw Error("WHERE needs a FROM clause.");
        var where = AcceptWord("WHERE") ? ParseExpression() : null;
        var groupBy = IsWord("GROUP") ? ParseGroupBy() : null;
        var having = AcceptWord("HAVING") ? ParseExpression() : null;
        SyntaxList<NamedWindow> windows = AcceptWord("WINDOW") ? ParseList(ParseNamedWindow) : [];
        var qualify = AcceptWord("QUALIFY") ? ParseExpression() : null;
        return new Select(distinct, hints, items, from, where, groupBy, having, windows, qualify)
        {
            Span = From(start),
        };
    }

    private SelectItem ParseSelectItem()
    {
        var start = _index;
        if (AcceptSymbol("*")) return new StarItem(null) { Span = From(start) };
        if (IsName && TryQualifiedStar() is { } star) return star;
        var expression = ParseExpression();
        var alias = ParseAlias();
        return new ExpressionItem(expression, alias) { Span = From(start) };
    }

    private StarItem? TryQualifiedStar()
    {
        var start = _index;
        var ahead = 1;
        while (Ahead(ahead).IsSymbol(".") && IsNameAt(ahead + 1)) ahead += 2;
        if (!Ahead(ahead).IsSymbol(".") || !Ahead(ahead + 1).IsSymbol("*")) return null;
        var parts = new List<Identifier>();
        while (!AcceptSymbol("*"))
        {
            parts.Add(ParseName());
            ExpectSymbol(".");
        }

        var qualifier = new QualifiedName([.. parts]) { Span = parts[0].Span };
        return new StarItem(qualifier) { Span = From(start) };
    }

    private Identifier? ParseAlias()
    {
        if (AcceptWord("AS")) return ParseName("an alias");
        return IsName ? ParseName() : null;
    }

    private GroupByClause ParseGroupBy()
    {
        var start = _index;
        ExpectWords("GROUP", "BY");
        var distinct = AcceptWord("DISTINCT");
        if (!distinct) AcceptWord("ALL");
        return new GroupByClause(distinct, ParseList(ParseGroupingElement)) { Span = From(start) };
    }

    private GroupingElement ParseGroupingElement()
    {
        var start = _index;
        if (AcceptWord("ROLLUP"))
            return new RollupElement(ParseBracketed(ParseGroupingKeys)) { Span = From(start) };
        if (AcceptWord("CUBE"))
            return new CubeElement(ParseBracketed(ParseGroupingKeys)) { Span = From(start) };
        if (AcceptWords("GROUPING", "SETS"))
            return new GroupingSetsElement(ParseBracketed(ParseGroupingElement)) { Span = From(start) };
        return ParseGroupingKeys();
    }

    private GroupingKeys ParseGroupingKeys()
    {
        var start = _index;
        if (IsSymbol("(") && Ahead(1).IsSymbol(")"))
        {
            _index += 2;
            return new GroupingKeys([]) { Span = From(start) };
        }

        var isBracketed = IsSymbol("(");
        var key = ParseExpression();
        SyntaxList<SqlExpr> keys = isBracketed && key is RowConstructor row ? row.Items : [key];
        return new GroupingKeys(keys) { Span = From(start) };
    }

    private NamedWindow ParseNamedWindow()
    {
        var start = _index;
        var name = ParseName("the window's name");
        ExpectWord("AS");
        return new NamedWindow(name, ParseWindowSpec()) { Span = From(start) };
    }

    private WindowSpec ParseWindowSpec()
    {
        var start = _index;
        ExpectSymbol("(");
        var baseName = IsName ? ParseName() : null;
        SyntaxList<SqlExpr> partitionBy = AcceptWords("PARTITION", "BY") ? ParseList(ParseExpression) : [];
        SyntaxList<SortKey> orderBy = AcceptWords("ORDER", "BY") ? ParseList(ParseSortKey) : [];
        var frame = IsWord("ROWS") || IsWord("RANGE") ? ParseFrame() : null;
        ExpectSymbol(")");
        return new WindowSpec(baseName, partitionBy, orderBy, frame) { Span = From(start) };
    }

    private WindowFrame ParseFrame()
    {
        var start = _index;
        var isRows = Advance().IsWord("ROWS");
        if (!AcceptWord("BETWEEN"))
        {
            var only = ParseFrameBound();
            var current = new FrameBound(FrameBoundKind.CurrentRow, null);
            return new WindowFrame(isRows, only, current) { Span = From(start) };
        }

        var first = ParseFrameBound();
        ExpectWord("AND");
        return new WindowFrame(isRows, first, ParseFrameBound()) { Span = From(start) };
    }

    private FrameBound ParseFrameBound()
    {
        var start = _index;
        if (AcceptWords("CURRENT", "ROW"))
            return new FrameBound(FrameBoundKind.CurrentRow, null) { Span = From(start) };
        var offset = AcceptWord("UNBOUNDED") ? null : ParseExpression(Precedence.Additive);
        var precedes = AcceptWord("PRECEDING");
        if (!precedes && !AcceptWord("FOLLOWING")) throw Unexpected("PRECEDING or FOLLOWING");
        var kind = offset is null
            ? precedes ? FrameBoundKind.UnboundedPreceding : FrameBoundKind.UnboundedFollowing
            : precedes ? FrameBoundKind.Preceding : FrameBoundKind.Following;
        return new FrameBound(kind, offset) { Span = From(start) };
    }

    /// <summary>The span from the start of a node before to the last token that was taken.</summary>
    private SourceSpan Cover(SourceSpan first)
    {
        var index = _index - 1;
        while (index > 0 && (_tokens[index].Line > first.Line ||
            (_tokens[index].Line == first.Line && _tokens[index].Column > first.Column)))
            index--;
        return From(index);
    }
}
