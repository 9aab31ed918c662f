namespace Millrace.Sql.Syntax;

/// <summary>Calls of functions: the general form and those with a grammar of their own.</summary>
internal sealed partial class Parser
{
    private SqlExpr ParseCall()
    {
        if (Current.Kind == TokenKind.QuotedName) return ParseGenericCall(Name(Advance()));
        switch (Current.Text.ToUpperInvariant())
        {
            case "EXTRACT": return ParseExtract();
            case "TRIM": return ParseTrim();
            case "POSITION": return ParseSeparated("IN", "FROM");
            case "SUBSTRING": return ParseSeparated("FROM", "FOR");
            case "OVERLAY": return ParseSeparated("PLACING", "FROM", "FOR");
            case "FLOOR" or "CEIL" or "CEILING": return ParseRounding();
            case "TIMESTAMPADD" or "TIMESTAMPDIFF": return ParseTimestampFunction();
            case "DESCRIPTOR": return ParseDescriptor();
            case "JSON_VALUE": return ParseJsonValue();
            case "JSON_QUERY": return ParseJsonQuery();
            case "JSON_EXISTS": return ParseJsonExists();
            case "JSON_OBJECT": return ParseJsonObject();
            case "JSON_ARRAY": return ParseJsonArray();
            case "JSON_OBJECTAGG": return ParseJsonObjectAgg();
            case "JSON_ARRAYAGG": return ParseJsonArrayAgg();
            default: return ParseGenericCall(Name(Advance()));
        }
    }

    /// <summary>Everything behind the name: arguments, FILTER, OVER and their kin.</summary>
    private FunctionCall ParseGenericCall(QualifiedName name)
    {
        ExpectSymbol("(");
        var distinct = AcceptWord("DISTINCT");
        if (!distinct) AcceptWord("ALL");
        SyntaxList<SqlExpr> arguments = IsSymbol(")") ? [] : ParseList(ParseArgument);
        SyntaxList<SortKey> orderBy = AcceptWords("ORDER", "BY") ? ParseList(ParseSortKey) : [];
        var ignoreNulls = ParseNullTreatment();
        ExpectSymbol(")");
        var withinGroup = ParseWithinGroup();
        var filter = ParseFilter();
        ignoreNulls ??= ParseNullTreatment();
        return new FunctionCall(name, arguments)
        {
            IsDistinct = distinct,
            OrderBy = orderBy,
            IgnoreNulls = ignoreNulls,
            WithinGroup = withinGroup,
            Filter = filter,
            Over = ParseOver(),
        };
    }

    private SqlExpr ParseArgument()
    {
        var start = _index;
        if (AcceptSymbol("*")) return new StarArgument { Span = From(start) };
        if (IsName && Ahead(1).IsSymbol("=>"))
        {
            var name = ParseName();
            _index++;
            return new NamedArgument(name, ParseArgument()) { Span = From(start) };
        }

        return IsWord("TABLE") ? ParseTableArgument() : ParseExpression();
    }

    private TableArgument ParseTableArgument()
    {
        var start = _index;
        ExpectWord("TABLE");
        TableRef table = IsSymbol("(") && StartsQuery(1)
            ? new DerivedTable(ParseBracketedQuery(), false, null) { Span = From(start) }
            : ParseTableOfArgument();
        var partitionBy = AcceptWords("PARTITION", "BY") ? ParseOneOrBracketed(ParseExpression) : [];
        var orderBy = AcceptWords("ORDER", "BY") ? ParseOneOrBracketed(ParseSortKey) : [];
        return new TableArgument(table, partitionBy, orderBy) { Span = From(start) };
    }

    private NamedTable ParseTableOfArgument()
    {
        var start = _index;
        var isBracketed = AcceptSymbol("(");
        var name = ParseQualifiedName("a table's name");
        if (isBracketed) ExpectSymbol(")");
        return new NamedTable(name, ParseHints(), null, null) { Span = From(start) };
    }

    /// <summary>One item, or several in brackets: a comma without brackets ends the argument.</summary>
    private SyntaxList<T> ParseOneOrBracketed<T>(Func<T> parseItem) =>
        IsSymbol("(") ? ParseBracketed(parseItem) : [parseItem()];

    private Descriptor ParseDescriptor()
    {
        _index++;
        return new Descriptor(ParseNameList());
    }

    private bool? ParseNullTreatment()
    {
        if (AcceptWords("IGNORE", "NULLS")) return true;
        return AcceptWords("RESPECT", "NULLS") ? false : null;
    }

    private SyntaxList<SortKey> ParseWithinGroup()
    {
        if (!AcceptWords("WITHIN", "GROUP")) return [];
        ExpectSymbol("(");
        ExpectWords("ORDER", "BY");
        var keys = ParseList(ParseSortKey);
        ExpectSymbol(")");
        return keys;
    }

    private SqlExpr? ParseFilter()
    {
        if (!AcceptWord("FILTER")) return null;
        ExpectSymbol("(");
        ExpectWord("WHERE");
        var condition = ParseExpression();
        ExpectSymbol(")");
        return condition;
    }

    private WindowSpec? ParseOver()
    {
        var start = _index;
        if (!AcceptWord("OVER")) return null;
        if (IsSymbol("(")) return ParseWindowSpec();
        return new WindowSpec(ParseName("a window"), [], [], null) { Span = From(start) };
    }

    private FunctionCall ParseExtract()
    {
        var name = Name(Advance());
        ExpectSymbol("(");
        var unit = ParseUnitArgument();
        ExpectWord("FROM");
        var operand = ParseExpression();
        ExpectSymbol(")");
        return new FunctionCall(name, [unit, operand]);
    }

    private TimeUnitArgument ParseUnitArgument()
    {
        var start = _index;
        return new TimeUnitArgument(ParseTimeUnit()) { Span = From(start) };
    }

    private TrimExpr ParseTrim()
    {
        _index++;
        ExpectSymbol("(");
        var side = AcceptWord("LEADING") ? TrimSide.Leading
            : AcceptWord("TRAILING") ? TrimSide.Trailing
            : TrimSide.Both;
        AcceptWord("BOTH");
        var first = IsWord("FROM") ? null : ParseExpression();
        var isOperand = !AcceptWord("FROM");
        var operand = isOperand ? first! : ParseExpression();
        if (isOperand && IsSymbol(","))
            throw Error("TRIM takes one text; write TRIM(BOTH 'x' FROM text), or BTRIM(text, 'x').");
        ExpectSymbol(")");
        return new TrimExpr(side, isOperand ? null : first, operand);
    }

    /// <summary>Arguments with words between them, such as FROM and FOR, or with commas.</summary>
    private FunctionCall ParseSeparated(params string[] words)
    {
        var name = Name(Advance());
        ExpectSymbol("(");
        // IN as a separator must not be taken for the operator.
        var first = ParseExpression(words[0] == "IN" ? Precedence.Additive : Precedence.Or);
        var arguments = new List<SqlExpr> { first };
        if (IsSymbol(",") && words[0] != "IN") while (AcceptSymbol(",")) arguments.Add(ParseExpression());
        else
        {
            foreach (var word in words)
                if (AcceptWord(word)) arguments.Add(ParseExpression());
        }

        if (!AcceptSymbol(")"))
            throw Unexpected($"'{words[^1]}' or ')' in {name.Simple.ToUpperInvariant()}");
        return new FunctionCall(name, [.. arguments]);
    }

    private FunctionCall ParseRounding()
    {
        var name = Name(Advance());
        ExpectSymbol("(");
        var arguments = new List<SqlExpr> { ParseExpression() };
        if (AcceptWord("TO")) arguments.Add(ParseUnitArgument());
        ExpectSymbol(")");
        return new FunctionCall(name, [.. arguments]);
    }

    private FunctionCall ParseTimestampFunction()
    {
        var name = Name(Advance());
        ExpectSymbol("(");
        var arguments = new List<SqlExpr> { ParseUnitArgument() };
        while (AcceptSymbol(",")) arguments.Add(ParseExpression());
        ExpectSymbol(")");
        return new FunctionCall(name, [.. arguments]);
    }
}
