namespace Millrace.Sql.Syntax;

/// <summary>MATCH_RECOGNIZE and its patterns, also those that the binder refuses by name.</summary>
internal sealed partial class Parser
{
    private MatchRecognize ParseMatchRecognize(TableRef input)
    {
        ExpectWord("MATCH_RECOGNIZE");
        ExpectSymbol("(");
        SyntaxList<SqlExpr> partitionBy = AcceptWords("PARTITION", "BY") ? ParseList(ParseExpression) : [];
        SyntaxList<SortKey> orderBy = AcceptWords("ORDER", "BY") ? ParseList(ParseSortKey) : [];
        SyntaxList<MeasureItem> measures = AcceptWord("MEASURES") ? ParseList(ParseMeasure) : [];
        var rows = ParseRowsPerMatch();
        var skip = IsWord("AFTER") ? ParseAfterMatch() : null;
        ExpectWord("PATTERN");
        var (pattern, atStart, atEnd) = ParseWholePattern();
        var within = AcceptWord("WITHIN") ? ParseExpression(Precedence.Additive) : null;
        SyntaxList<PatternSubset> subsets = AcceptWord("SUBSET") ? ParseList(ParseSubset) : [];
        ExpectWord("DEFINE");
        var define = ParseList(ParseDefinition);
        ExpectSymbol(")");
        return new MatchRecognize(
            input, partitionBy, orderBy, measures, rows, skip, pattern, atStart, atEnd, within, subsets,
            define, ParseTableAlias());
    }

    private MeasureItem ParseMeasure()
    {
        var start = _index;
        var expression = ParseExpression();
        ExpectWord("AS");
        return new MeasureItem(expression, ParseName("the measure's name")) { Span = From(start) };
    }

    private RowsPerMatch ParseRowsPerMatch()
    {
        var isOne = AcceptWord("ONE");
        if (isOne) ExpectWord("ROW");
        else if (AcceptWord("ALL")) ExpectWord("ROWS");
        else return RowsPerMatch.Unspecified;
        ExpectWords("PER", "MATCH");
        return isOne ? RowsPerMatch.One : RowsPerMatch.All;
    }

    private AfterMatchSkip ParseAfterMatch()
    {
        var start = _index;
        ExpectWords("AFTER", "MATCH", "SKIP");
        if (AcceptWord("PAST"))
        {
            ExpectWords("LAST", "ROW");
            return new AfterMatchSkip(AfterMatchKind.PastLastRow, null) { Span = From(start) };
        }

        ExpectWord("TO");
        if (AcceptWords("NEXT", "ROW"))
            return new AfterMatchSkip(AfterMatchKind.ToNextRow, null) { Span = From(start) };
        var toFirst = IsWord("FIRST") && IsNameAt(1);
        if (toFirst || (IsWord("LAST") && IsNameAt(1))) _index++;
        var kind = toFirst ? AfterMatchKind.ToFirst : AfterMatchKind.ToLast;
        return new AfterMatchSkip(kind, ParseName("a pattern variable")) { Span = From(start) };
    }

    private PatternSubset ParseSubset()
    {
        var start = _index;
        var name = ParseName("the subset's name");
        ExpectSymbol("=");
        var variables = ParseBracketed(() => ParseName("a pattern variable"));
        return new PatternSubset(name, variables) { Span = From(start) };
    }

    private PatternDefinition ParseDefinition()
    {
        var start = _index;
        var variable = ParseName("a pattern variable");
        ExpectWord("AS");
        return new PatternDefinition(variable, ParseExpression()) { Span = From(start) };
    }

    private (Pattern Pattern, bool AtStart, bool AtEnd) ParseWholePattern()
    {
        ExpectSymbol("(");
        var atStart = AcceptSymbol("^");
        var pattern = ParseAlternation();
        var atEnd = AcceptSymbol("$");
        ExpectSymbol(")");
        return (pattern, atStart, atEnd);
    }

    private Pattern ParseAlternation() => Nested(() =>
    {
        var start = _index;
        var parts = new List<Pattern> { ParseSequence() };
        while (AcceptSymbol("|")) parts.Add(ParseSequence());
        return parts.Count == 1 ? parts[0] : new PatternAlternation([.. parts]) { Span = From(start) };
    });

    private Pattern ParseSequence()
    {
        var start = _index;
        var parts = new List<Pattern> { ParseQuantified() };
        while (StartsPatternPart) parts.Add(ParseQuantified());
        return parts.Count == 1 ? parts[0] : new PatternSequence([.. parts]) { Span = From(start) };
    }

    private bool StartsPatternPart => IsName || IsSymbol("(") || IsSymbol("{") || IsWord("PERMUTE");

    private Pattern ParseQuantified()
    {
        var start = _index;
        var inner = ParsePatternPrimary();
        if (TryQuantifier() is not var (minimum, maximum)) return inner;
        var reluctant = AcceptSymbol("?");
        return new PatternQuantified(inner, minimum, maximum, reluctant) { Span = From(start) };
    }

    private (int Minimum, int? Maximum)? TryQuantifier()
    {
        if (AcceptSymbol("*")) return (0, null);
        if (AcceptSymbol("+")) return (1, null);
        if (AcceptSymbol("?")) return (0, 1);
        if (!IsSymbol("{") || Ahead(1).IsSymbol("-")) return null;
        _index++;
        if (IsSymbol(",")) throw Error("A quantifier {,n} does not exist in Flink: write {0,n}.");
        var minimum = ExpectInteger("a number of times");
        int? maximum = minimum;
        if (AcceptSymbol(",")) maximum = IsSymbol("}") ? null : ExpectInteger("a number of times or '}'");
        if (!IsSymbol("}")) throw Unexpected("a quantifier such as {2}, {2,} or {2,5}");
        if (maximum < minimum) throw Error($"The quantifier {{{minimum},{maximum}}} ends below its start.");
        _index++;
        return (minimum, maximum);
    }

    private Pattern ParsePatternPrimary()
    {
        var start = _index;
        if (AcceptWord("PERMUTE"))
            return new PatternPermute(ParseBracketed(ParseAlternation)) { Span = From(start) };
        if (AcceptSymbol("{"))
        {
            ExpectSymbol("-");
            var excluded = ParseAlternation();
            ExpectSymbol("-");
            ExpectSymbol("}");
            return new PatternExclusion(excluded) { Span = From(start) };
        }

        if (!AcceptSymbol("("))
            return new PatternVariable(ParseName("a pattern variable")) { Span = From(start) };
        if (AcceptSymbol(")")) return new PatternEmpty { Span = From(start) };
        var group = ParseAlternation();
        ExpectSymbol(")");
        return group;
    }
}
