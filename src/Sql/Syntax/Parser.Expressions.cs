namespace Millrace.Sql.Syntax;

/// <summary>How tightly operators bind: an operand of an operator binds at least as tightly.</summary>
internal enum Precedence
{
    Or,
    And,
    Not,
    Is,
    Comparison,
    Range,
    Additive,
    Multiplicative,
    Sign,
    Postfix,
}

/// <summary>Operators.</summary>
internal sealed partial class Parser
{
    private static readonly Dictionary<string, (BinaryOperator Operator, Precedence Binds)> SymbolOperators =
        new()
        {
            ["="] = (BinaryOperator.Equal, Precedence.Comparison),
            ["<>"] = (BinaryOperator.NotEqual, Precedence.Comparison),
            ["!="] = (BinaryOperator.NotEqual, Precedence.Comparison),
            ["<"] = (BinaryOperator.Less, Precedence.Comparison),
            ["<="] = (BinaryOperator.LessOrEqual, Precedence.Comparison),
            [">"] = (BinaryOperator.Greater, Precedence.Comparison),
            [">="] = (BinaryOperator.GreaterOrEqual, Precedence.Comparison),
            ["+"] = (BinaryOperator.Add, Precedence.Additive),
            ["-"] = (BinaryOperator.Subtract, Precedence.Additive),
            ["*"] = (BinaryOperator.Multiply, Precedence.Multiplicative),
            ["/"] = (BinaryOperator.Divide, Precedence.Multiplicative),
            ["%"] = (BinaryOperator.Modulo, Precedence.Multiplicative),
            ["||"] = (BinaryOperator.Concat, Precedence.Multiplicative),
        };

    public SqlExpr ParseWholeExpression()
    {
        var expression = ParseExpression();
        ExpectEnd();
        return expression;
    }

    private SqlExpr ParseExpression() => ParseExpression(Precedence.Or);

    /// <summary>An expression whose operators all bind at least as tightly as given.</summary>
    private SqlExpr ParseExpression(Precedence atLeast) => Nested(() =>
    {
        var start = _index;
        var left = ParsePrefix();
        while (ParseOperator(left, atLeast) is { } whole) left = whole with { Span = From(start) };
        return left;
    });

    private SqlExpr ParsePrefix()
    {
        var start = _index;
        if (AcceptWord("NOT")) return Unary(UnaryOperator.Not, Precedence.Not, start);
        if (AcceptSymbol("-")) return Unary(UnaryOperator.Minus, Precedence.Sign, start);
        if (AcceptSymbol("+")) return Unary(UnaryOperator.Plus, Precedence.Sign, start);
        return ParsePostfix();
    }

    private UnaryExpr Unary(UnaryOperator op, Precedence operand, int start)
    {
        var expression = ParseExpression(operand);
        return new UnaryExpr(op, expression) { Span = From(start) };
    }

    /// <summary>
    /// The operator that stands here with its right side; null when none binds tightly enough.
    /// </summary>
    private SqlExpr? ParseOperator(SqlExpr left, Precedence atLeast)
    {
        if (Current.Kind == TokenKind.Symbol && SymbolOperators.TryGetValue(Current.Text, out var known))
            return known.Binds < atLeast ? null : ParseBinary(left, known.Operator, known.Binds);
        if (Current.Kind != TokenKind.Word) return null;
        if (IsWord("OR"))
            return atLeast > Precedence.Or ? null : ParseBinary(left, BinaryOperator.Or, Precedence.Or);
        if (IsWord("AND"))
            return atLeast > Precedence.And ? null : ParseBinary(left, BinaryOperator.And, Precedence.And);
        if (IsWord("IS")) return ParseIs(left, atLeast);
        return atLeast > Precedence.Range ? null : ParseRange(left);
    }

    private SqlExpr ParseBinary(SqlExpr left, BinaryOperator op, Precedence precedence)
    {
        _index++;
        var isComparison = precedence == Precedence.Comparison;
        if (isComparison && (IsWord("ANY") || IsWord("SOME") || IsWord("ALL")) && Ahead(1).IsSymbol("("))
        {
            var isAll = Advance().IsWord("ALL");
            return new QuantifiedComparison(left, op, isAll, ParseBracketedQuery());
        }

        return new BinaryExpr(op, left, ParseExpression(precedence + 1));
    }

    private SqlExpr? ParseIs(SqlExpr left, Precedence atLeast)
    {
        var negated = Ahead(1).IsWord("NOT");
        var isDistinct = Ahead(negated ? 2 : 1).IsWord("DISTINCT");
        if (atLeast > (isDistinct ? Precedence.Comparison : Precedence.Is)) return null;
        _index += negated ? 2 : 1;
        if (!isDistinct) return new IsTest(left, ParseIsKind(), negated);
        ExpectWords("DISTINCT", "FROM");
        return new DistinctFrom(left, ParseExpression(Precedence.Range), negated);
    }

    private IsTestKind ParseIsKind()
    {
        if (AcceptWord("NULL")) return IsTestKind.Null;
        if (AcceptWord("TRUE")) return IsTestKind.True;
        if (AcceptWord("FALSE")) return IsTestKind.False;
        if (AcceptWord("UNKNOWN")) return IsTestKind.Unknown;
        if (!AcceptWord("JSON"))
            throw Unexpected("NULL, TRUE, FALSE, UNKNOWN, DISTINCT FROM or JSON after IS");
        if (AcceptWord("OBJECT")) return IsTestKind.JsonObject;
        if (AcceptWord("ARRAY")) return IsTestKind.JsonArray;
        if (AcceptWord("SCALAR")) return IsTestKind.JsonScalar;
        AcceptWord("VALUE");
        return IsTestKind.JsonValue;
    }

    private SqlExpr? ParseRange(SqlExpr left)
    {
        var negated = IsWord("NOT") && (Ahead(1).IsWord("BETWEEN") || Ahead(1).IsWord("IN") ||
            Ahead(1).IsWord("LIKE") || Ahead(1).IsWord("SIMILAR"));
        if (negated) _index++;
        if (AcceptWord("BETWEEN")) return ParseBetween(left, negated);
        if (AcceptWord("IN")) return ParseIn(left, negated);
        if (AcceptWord("LIKE")) return ParseLike(left, false, negated);
        if (left is RowConstructor { Items.Count: 2 } period && AcceptWord("OVERLAPS"))
            return ParseOverlaps(period);
        if (!AcceptWords("SIMILAR", "TO")) return null;
        return ParseLike(left, true, negated);
    }

    private BetweenExpr ParseBetween(SqlExpr left, bool negated)
    {
        var symmetric = AcceptWord("SYMMETRIC");
        if (!symmetric) AcceptWord("ASYMMETRIC");
        var low = ParseExpression(Precedence.Additive);
        if (IsWord("PRECEDING") || IsWord("FOLLOWING"))
            throw Error($"{Current.Text.ToUpperInvariant()} belongs into the frame of an OVER, not into a " +
                "condition; write COUNT(*) OVER (PARTITION BY .. ORDER BY time RANGE BETWEEN INTERVAL " +
                "'1' DAY PRECEDING AND CURRENT ROW), or group by a window: " +
                "TABLE(TUMBLE(TABLE t, DESCRIPTOR(time), INTERVAL '1' DAY)).");
        ExpectWord("AND");
        var high = ParseExpression(Precedence.Additive);
        return new BetweenExpr(left, low, high, symmetric, negated);
    }

    private SqlExpr ParseIn(SqlExpr left, bool negated)
    {
        if (!IsSymbol("(")) throw Unexpected("'(' with values or a query after IN");
        if (StartsQuery(0)) return new InQuery(left, ParseBracketedQuery(), negated);
        return new InList(left, ParseBracketed(ParseExpression), negated);
    }

    /// <summary>(a, b) OVERLAPS (c, d) is a call of four.</summary>
    private FunctionCall ParseOverlaps(RowConstructor left)
    {
        var name = new Identifier("OVERLAPS");
        return ParseExpression(Precedence.Additive) is RowConstructor { Items: { Count: 2 } right }
            ? new FunctionCall(new QualifiedName([name]), [.. left.Items, .. right])
            : throw Error("OVERLAPS compares two periods: (start, end) OVERLAPS (start, end).");
    }

    private LikeExpr ParseLike(SqlExpr left, bool similar, bool negated)
    {
        var pattern = ParseExpression(Precedence.Additive);
        var escape = AcceptWord("ESCAPE") ? ParseExpression(Precedence.Additive) : null;
        return new LikeExpr(left, pattern, escape, similar, negated);
    }

    /// <summary>A primary with its subscripts and fields.</summary>
    private SqlExpr ParsePostfix()
    {
        var start = _index;
        var operand = ParsePrimary();
        while (true)
        {
            if (AcceptSymbol("["))
            {
                var index = ParseExpression();
                ExpectSymbol("]");
                operand = new Subscript(operand, index) { Span = From(start) };
            }
            else if (AcceptSymbol("."))
            {
                operand = new FieldAccess(operand, ParseName("a field's name")) { Span = From(start) };
            }
            else
            {
                return operand;
            }
        }
    }
}
