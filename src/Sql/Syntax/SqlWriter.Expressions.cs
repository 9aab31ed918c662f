namespace Millrace.Sql.Syntax;

/// <summary>Expressions.</summary>
internal sealed partial class SqlWriter
{
    public void Write(SqlExpr expression) => Write(expression, Precedence.Or);

    /// <summary>Writes an operand, in brackets when its own operator binds less tightly than asked.</summary>
    private void Write(SqlExpr expression, Precedence atLeast)
    {
        var brackets = PrecedenceOf(expression) < atLeast;
        AddIf(brackets, "(");
        WriteBare(expression);
        AddIf(brackets, ")");
    }

    private static Precedence PrecedenceOf(SqlExpr expression) => expression switch
    {
        BinaryExpr binary => PrecedenceOf(binary.Operator),
        UnaryExpr { Operator: UnaryOperator.Not } => Precedence.Not,
        UnaryExpr => Precedence.Sign,
        IsTest => Precedence.Is,
        DistinctFrom or QuantifiedComparison => Precedence.Comparison,
        BetweenExpr or InList or InQuery or LikeExpr => Precedence.Range,
        _ => Precedence.Postfix,
    };

    private static Precedence PrecedenceOf(BinaryOperator op) => op switch
    {
        BinaryOperator.Or => Precedence.Or,
        BinaryOperator.And => Precedence.And,
        BinaryOperator.Add or BinaryOperator.Subtract => Precedence.Additive,
        BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.Modulo or BinaryOperator.Concat =>
            Precedence.Multiplicative,
        _ => Precedence.Comparison,
    };

    private static string Symbol(BinaryOperator op) => op switch
    {
        BinaryOperator.Or => "OR",
        BinaryOperator.And => "AND",
        BinaryOperator.Equal => "=",
        BinaryOperator.NotEqual => "<>",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.Modulo => "%",
        _ => "||",
    };

    private void WriteBare(SqlExpr expression)
    {
        switch (expression)
        {
            case Literal literal: WriteLiteral(literal); break;
            case ColumnRef column: AddList(column.Parts, Write, "."); break;
            case FieldAccess field: WriteField(field); break;
            case Subscript subscript:
                Write(subscript.Operand, Precedence.Postfix);
                Add("[");
                Write(subscript.Index);
                Add("]");
                break;
            case UnaryExpr unary: WriteUnary(unary); break;
            case BinaryExpr binary: WriteBinary(binary); break;
            case CaseExpr choice: WriteCase(choice); break;
            case CastExpr cast: WriteCast(cast); break;
            case RowConstructor row: WriteItems("ROW(", row.Items, ")"); break;
            case ArrayConstructor array: WriteItems("ARRAY[", array.Items, "]"); break;
            case MapConstructor map: WriteItems("MAP[", map.Items, "]"); break;
            case ExistsExpr exists:
                Add("EXISTS ");
                WriteOperand(exists.Query, brackets: true);
                break;
            case ScalarSubquery subquery: WriteOperand(subquery.Query, brackets: true); break;
            default: WriteTest(expression); break;
        }
    }

    private void WriteItems(string open, IReadOnlyList<SqlExpr> items, string close)
    {
        Add(open);
        AddList(items, Write);
        Add(close);
    }

    /// <summary>The operand is bracketed where it would read as part of a dotted name.</summary>
    private void WriteField(FieldAccess field)
    {
        var brackets = field.Operand is ColumnRef;
        AddIf(brackets, "(");
        Write(field.Operand, Precedence.Postfix);
        AddIf(brackets, ")");
        Add(".");
        Write(field.Field);
    }

    private void WriteUnary(UnaryExpr unary)
    {
        Add(unary.Operator switch { UnaryOperator.Not => "NOT ", UnaryOperator.Minus => "-", _ => "+" });
        var isSign = unary.Operator != UnaryOperator.Not;
        AddIf(isSign && unary.Operand is UnaryExpr, " ");
        Write(unary.Operand, isSign ? Precedence.Sign : Precedence.Not);
    }

    private void WriteBinary(BinaryExpr binary)
    {
        var precedence = PrecedenceOf(binary.Operator);
        Write(binary.Left, precedence);
        Add(" " + Symbol(binary.Operator) + " ");
        Write(binary.Right, precedence + 1);
    }

    private void WriteCase(CaseExpr choice)
    {
        Add("CASE");
        AddOptional(" ", choice.Operand, Write);
        foreach (var branch in choice.Branches)
        {
            Add(" WHEN ");
            Write(branch.Condition);
            Add(" THEN ");
            Write(branch.Result);
        }

        AddOptional(" ELSE ", choice.Else, Write);
        Add(" END");
    }

    private void WriteCast(CastExpr cast)
    {
        Add(cast.IsTry ? "TRY_CAST(" : "CAST(");
        Write(cast.Operand);
        Add(" AS ");
        Write(cast.Type);
        Add(")");
    }

    private void WriteTest(SqlExpr expression)
    {
        switch (expression)
        {
            case IsTest test:
                Write(test.Operand, Precedence.Is);
                Add(test.IsNegated ? " IS NOT " : " IS ");
                Add(IsText(test.Kind));
                break;
            case DistinctFrom distinct:
                Write(distinct.Left, Precedence.Comparison);
                Add(distinct.IsNegated ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM ");
                Write(distinct.Right, Precedence.Range);
                break;
            case QuantifiedComparison comparison:
                Write(comparison.Left, Precedence.Comparison);
                Add($" {Symbol(comparison.Operator)} {(comparison.IsAll ? "ALL" : "ANY")} ");
                WriteOperand(comparison.Query, brackets: true);
                break;
            case BetweenExpr between: WriteBetween(between); break;
            case LikeExpr like: WriteLikeTest(like); break;
            case InList list:
                Write(list.Operand, Precedence.Range);
                WriteItems(list.IsNegated ? " NOT IN (" : " IN (", list.Values, ")");
                break;
            case InQuery query:
                Write(query.Operand, Precedence.Range);
                Add(query.IsNegated ? " NOT IN " : " IN ");
                WriteOperand(query.Query, brackets: true);
                break;
            default: WriteCall(expression); break;
        }
    }

    private static string IsText(IsTestKind kind) => kind switch
    {
        IsTestKind.JsonValue => "JSON VALUE",
        IsTestKind.JsonObject => "JSON OBJECT",
        IsTestKind.JsonArray => "JSON ARRAY",
        IsTestKind.JsonScalar => "JSON SCALAR",
        _ => kind.ToString().ToUpperInvariant(),
    };

    private void WriteBetween(BetweenExpr between)
    {
        Write(between.Operand, Precedence.Range);
        Add(between.IsNegated ? " NOT BETWEEN " : " BETWEEN ");
        AddIf(between.IsSymmetric, "SYMMETRIC ");
        Write(between.Low, Precedence.Additive);
        Add(" AND ");
        Write(between.High, Precedence.Additive);
    }

    private void WriteLikeTest(LikeExpr like)
    {
        Write(like.Operand, Precedence.Range);
        AddIf(like.IsNegated, " NOT");
        Add(like.IsSimilar ? " SIMILAR TO " : " LIKE ");
        Write(like.Pattern, Precedence.Additive);
        AddOptional(" ESCAPE ", like.Escape, escape => Write(escape, Precedence.Additive));
    }

    private void WriteLiteral(Literal literal)
    {
        switch (literal)
        {
            case NullLiteral: Add("NULL"); break;
            case BooleanLiteral boolean:
                Add(boolean.Value switch { true => "TRUE", false => "FALSE", _ => "UNKNOWN" });
                break;
            case NumberLiteral number: Add(number.Text); break;
            case StringLiteral text: AddString(text.Value); break;
            case BinaryLiteral binary: Add("X'" + binary.Hex + "'"); break;
            case DateTimeLiteral time:
                Add(time.Kind.ToString().ToUpperInvariant() + " ");
                AddString(time.Text);
                break;
            case IntervalLiteral interval:
                Add(interval.IsNegative ? "INTERVAL -" : "INTERVAL ");
                AddString(interval.Text);
                Add(" ");
                WriteQualifier(interval.Qualifier);
                break;
        }
    }
}
