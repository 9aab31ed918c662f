using System.Collections.Immutable;
using System.Globalization;
using Millrace.Operators.Aggregates;
using Millrace.Operators.Matching;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Ast = Millrace.Sql.Syntax;
using Literal = Millrace.Shared.Expressions.Literal;

namespace Millrace.Sql.Binding;

/// <summary>
/// Expressions of DEFINE and MEASURES. What they take from the matched rows, <c>A.x</c>, <c>FIRST(A.x,
/// 1)</c>,
/// <c>SUM(A.x)</c>, becomes a reference; the expression is over the references.
/// </summary>
internal sealed class MatchExpressionBinder(Scope rows, LogicalType rowtime, ImmutableArray<string> variables)
{
    private readonly List<MatchReference> _references = [];
    private (bool IsFirst, int Offset) _navigation = (false, 0);
    private bool _isMeasure;

    public MatchExpression BindMeasure(Ast.SqlExpr expression)
    {
        Ast.SqlExpr inner = expression is Ast.MatchSemantics { IsFinal: true } final
            ? final.Operand
            : expression;
        _isMeasure = true;
        return Take(Binder().Bind(inner));
    }

    public MatchExpression BindCondition(Ast.SqlExpr expression)
    {
        _isMeasure = false;
        return Take(Binder().BindCondition(expression, "DEFINE"));
    }

    private ExpressionBinder Binder() => new(rows, Special);

    private MatchExpression Take(Expr bound)
    {
        var expression = new MatchExpression([.. _references], bound);
        _references.Clear();
        return expression;
    }

    private Expr? Special(Ast.SqlExpr node) => node switch
    {
        Ast.ColumnRef column => Reference(Column(column)),
        Ast.MatchSemantics =>
            throw Unsupported("RUNNING and FINAL inside an expression are not supported yet.", node),
        Ast.FunctionCall call => Call(call),
        Ast.JsonArrayAggCall or Ast.JsonObjectAggCall =>
            throw Unsupported("JSON aggregates in MATCH_RECOGNIZE are not supported yet.", node),
        _ => null,
    };

    private Expr? Call(Ast.FunctionCall call)
    {
        switch (call.UpperName)
        {
            case "FIRST" or "LAST":
                return Navigate(call);
            case "PREV" or "NEXT":
                throw Invalid(
                    $"{call.UpperName} does not exist: Flink has no physical offsets within a partition; "
                    + "write LAST(A.x, 1).", call);
            case "CLASSIFIER" or "MATCH_NUMBER":
                throw Unsupported($"{call.UpperName}() is not supported yet.", call);
            case "MATCH_ROWTIME":
                return Reference(new MatchTime(TimeType(call)));
            case "MATCH_PROCTIME":
                throw Unsupported("MATCH_PROCTIME() is not supported yet.", call);
            default:
                return AggregateCatalog.Knows(call.UpperName) ? Reference(Aggregate(call)) : null;
        }
    }

    /// <summary>As in Flink: without an argument a TIMESTAMP, with the row time its type.</summary>
    private LogicalType TimeType(Ast.FunctionCall call)
    {
        if (call.Arguments.Count == 0)
            return LogicalType.Timestamp(3).NotNull() with { TimeAttribute = TimeAttribute.Rowtime };
        if (call.Arguments is not [Ast.ColumnRef column]
            || Split(column).Column.Type.TimeAttribute != TimeAttribute.Rowtime)
            throw Invalid("MATCH_ROWTIME takes nothing or the row time.", call);
        return rowtime;
    }

    private InputRef Reference(MatchReference reference)
    {
        int index = _references.IndexOf(reference);
        if (index < 0)
        {
            index = _references.Count;
            _references.Add(reference);
        }
        return new InputRef(index, reference.Type);
    }

    /// <summary>
    /// As in Flink a measure is as NOT NULL as its column, although the variable may have no row.
    /// </summary>
    private MatchColumn Column(Ast.ColumnRef name)
    {
        (int variable, InputRef column) = Split(name);
        LogicalType type = _isMeasure ? column.Type : column.Type.AsNullable();
        return new MatchColumn(variable, column.Index, _navigation.IsFirst, _navigation.Offset, type);
    }

    /// <summary>The variable, or -1 for any row, and the input column that a name means.</summary>
    private (int Variable, InputRef Column) Split(Ast.ColumnRef name)
    {
        int variable = name.Parts.Count > 1 ? variables.IndexOf(name.Parts[0].Value) : -1;
        Ast.ColumnRef column = variable < 0
            ? name
            : new Ast.ColumnRef([.. name.Parts.Skip(1)]) { Span = name.Span };
        return new ExpressionBinder(rows).Bind(column) is InputRef reference
            ? (variable, reference)
            : throw Unsupported("Fields of a ROW in MATCH_RECOGNIZE are not supported yet.", name);
    }

    /// <summary>FIRST and LAST of an expression are those of its columns.</summary>
    private Expr Navigate(Ast.FunctionCall call)
    {
        if (call.Arguments.Count is < 1 or > 2)
            throw Invalid($"{call.UpperName} takes a column and, if wanted, an offset.", call);
        if (_navigation != (false, 0))
            throw Invalid($"{call.UpperName} cannot stand inside FIRST or LAST.", call);
        int offset = call.Arguments.Count == 1 ? 0 : Offset(call.Arguments[1]);
        _navigation = (call.UpperName == "FIRST", offset);
        Expr bound = Binder().Bind(call.Arguments[0]);
        _navigation = (false, 0);
        return bound;
    }

    private static int Offset(Ast.SqlExpr argument) =>
        argument is Ast.NumberLiteral { IsInteger: true } number
        && int.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int offset)
            ? offset
            : throw Invalid("The offset of FIRST and LAST must be a whole number, 0 or more.", argument);

    private MatchAggregate Aggregate(Ast.FunctionCall call)
    {
        if (call.IsDistinct) throw Invalid("DISTINCT aggregates are not supported in MATCH_RECOGNIZE.", call);
        if (call.Filter is not null)
            throw Unsupported("FILTER in MATCH_RECOGNIZE is not supported yet.", call);
        HashSet<int> used = [];
        var inner =
            new ExpressionBinder(rows, node => node is Ast.ColumnRef name ? Argument(name, used) : null);
        PendingCall pending = AggregateCallBinder.Bind(Unstarred(call, used), inner);
        if (used.Count > 1)
            throw Invalid(
                $"The aggregate {call.UpperName} must be over one variable, not over several.", call);
        if (pending.Arguments.Length > 1 || !pending.Options.IsEmpty)
            throw Unsupported(
                $"{call.UpperName} with further arguments in MATCH_RECOGNIZE is not supported yet.", call);
        LogicalType type = Functions.At(call.Span, () => AggregateCatalog.InferType(
            pending.Function, [.. pending.Arguments.Select(a => a.Type)], false, false, pending.Options));
        return new MatchAggregate(
            pending.Function, used.Count == 0 ? -1 : used.Single(), pending.Arguments.FirstOrDefault(), type);
    }

    /// <summary>COUNT(A.*) counts the rows of A.</summary>
    private Ast.FunctionCall Unstarred(Ast.FunctionCall call, HashSet<int> used)
    {
        if (call.Arguments is not [Ast.ColumnRef { Parts: [var variable, { Value: "*" }] }]) return call;
        used.Add(variables.IndexOf(variable.Value));
        return call with { Arguments = [] };
    }

    private InputRef Argument(Ast.ColumnRef name, HashSet<int> used)
    {
        (int variable, InputRef column) = Split(name);
        used.Add(variable);
        return column with { Type = column.Type.WithoutTimeAttribute() };
    }

    private static SqlException Invalid(string message, Ast.SqlNode at) =>
        new(SqlErrorKind.Invalid, message, at.Span);

    private static SqlException Unsupported(string message, Ast.SqlNode at) =>
        new(SqlErrorKind.Unsupported, message, at.Span);
}
