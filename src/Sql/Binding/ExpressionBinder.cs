using System.Collections.Immutable;
using Millrace.Operators.Aggregates;
using Millrace.Operators.Functions;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Millrace.Sql.Catalog;
using Ast = Millrace.Sql.Syntax;
using Literal = Millrace.Shared.Expressions.Literal;

namespace Millrace.Sql.Binding;

/// <summary>
/// Expressions of the syntax tree to typed expressions over the columns of a scope. How syntax becomes calls
/// is listed in <c>docs/functions.md</c>.
/// </summary>
/// <param name="scope">The columns that names can mean.</param>
/// <param name="special">
/// Asked first at every node: group keys, aggregates and pattern
/// variables have their own meaning. Null: none.
/// </param>
internal sealed class ExpressionBinder(Scope scope, Func<Ast.SqlExpr, Expr?>? special = null)
{
    public Scope Scope { get; } = scope;

    public Expr Bind(Ast.SqlExpr node)
    {
        NullRules.Check(node);
        return special?.Invoke(node) ?? BindPlain(node);
    }

    /// <summary>A condition; refuses what is not BOOLEAN.</summary>
    /// <param name="clause">For the message: WHERE, HAVING, ON.</param>
    public Expr BindCondition(Ast.SqlExpr node, string clause)
    {
        Expr bound = Bind(node);
        if (bound.Type.Kind == TypeKind.Boolean) return bound;
        if (bound.Type.Kind == TypeKind.Null) return new Literal(null, LogicalType.Boolean);
        throw Invalid(
            $"The {clause} clause must be a condition, not a value of type {bound.Type.AsNullable()}.", node);
    }

    private Expr BindPlain(Ast.SqlExpr node) => node switch
    {
        Ast.Literal literal => LiteralBinder.Bind(literal),
        Ast.ColumnRef column => BindName(column),
        Ast.FieldAccess access => Field(Bind(access.Operand), access.Field),
        Ast.Subscript subscript => BindSubscript(subscript),
        Ast.UnaryExpr unary => BindUnary(unary),
        Ast.BinaryExpr binary => BindBinary(binary),
        Ast.DistinctFrom e =>
            Call(e.IsNegated ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM", e, e.Left, e.Right),
        Ast.IsTest test => BindIsTest(test),
        Ast.BetweenExpr e => Functions.Bind(
            e.IsNegated ? "NOT BETWEEN" : "BETWEEN",
            BindAll(e.Operand, e.Low, e.High),
            e.Span,
            e.IsSymmetric ? ["SYMMETRIC"] : []),
        Ast.LikeExpr like => BindLike(like),
        Ast.InList e =>
            Functions.Bind(e.IsNegated ? "NOT IN" : "IN", BindAll([e.Operand, .. e.Values]), e.Span),
        Ast.CaseExpr e => BindCase(e),
        Ast.CastExpr e => Functions.Cast(Bind(e.Operand), TypeNames.Resolve(e.Type), e.IsTry, e.Span),
        Ast.RowConstructor e => Call("ROW", e, [.. e.Items]),
        Ast.ArrayConstructor e when e.Items.Count > 0 && e.Items.All(i => i is Ast.NullLiteral) =>
            throw NullRules.Illegal(e),
        Ast.ArrayConstructor e => Call("ARRAY", e, [.. e.Items]),
        Ast.MapConstructor e => Call("MAP", e, [.. e.Items]),
        Ast.TimeUnitArgument e => LiteralBinder.Symbol(TimeUnits.Word(e.Unit)),
        Ast.TrimExpr e => Functions.Bind(
            "TRIM",
            e.Characters is null ? BindAll(e.Operand) : BindAll(e.Operand, e.Characters),
            e.Span,
            [e.Side.ToString().ToUpperInvariant()]),
        Ast.FunctionCall call => BindCall(call),
        Ast.JsonValueCall or Ast.JsonQueryCall or Ast.JsonExistsCall or Ast.JsonObjectCall
        or Ast.JsonArrayCall =>
            JsonBinder.Bind(node, Bind),
        Ast.ScalarSubquery or Ast.ExistsExpr or Ast.InQuery or Ast.QuantifiedComparison => throw Unsupported(
            "A subquery in an expression is not supported yet; only subqueries in FROM are.", node),
        Ast.JsonObjectAggCall or Ast.JsonArrayAggCall =>
            throw AggregateHere("JSON_OBJECTAGG or JSON_ARRAYAGG", node),
        Ast.MatchSemantics => throw Invalid("RUNNING and FINAL stand only in MATCH_RECOGNIZE.", node),
        _ => throw Unsupported("This expression is not supported here.", node),
    };

    private ImmutableArray<Expr> BindAll(params IEnumerable<Ast.SqlExpr> nodes) => [.. nodes.Select(Bind)];

    private Expr Call(string name, Ast.SqlExpr at, params IEnumerable<Ast.SqlExpr> args) =>
        Functions.Bind(name, BindAll(args), at.Span);

    private Expr BindName(Ast.ColumnRef column) => Scope.Resolve(column, Field);

    /// <summary>A field of a ROW.</summary>
    private static Expr Field(Expr row, Ast.Identifier name)
    {
        if (row.Type.Kind != TypeKind.Row)
            throw Invalid($"'{name.Value}' cannot be read from a value of type {row.Type.AsNullable()}, "
                + "which is no ROW.", name);
        if (row.Type.Fields.All(f => f.Name != name.Value))
            throw Invalid(
                $"The row has no field '{name.Value}'; its fields are: "
                + $"{string.Join(", ", row.Type.Fields.Select(f => f.Name))}.",
                name);
        return Functions.Bind("FIELD", [row], name.Span, [name.Value]);
    }

    private Expr BindSubscript(Ast.Subscript e)
    {
        Expr operand = Bind(e.Operand);
        Expr index = Bind(e.Index);
        return Functions.Bind("ITEM", [operand, index], e.Span);
    }

    private Expr BindUnary(Ast.UnaryExpr e)
    {
        if (e is { Operator: Ast.UnaryOperator.Minus, Operand: Ast.NumberLiteral number })
            return LiteralBinder.Number(number, true);
        return e.Operator switch
        {
            Ast.UnaryOperator.Not => Call("NOT", e, e.Operand),
            Ast.UnaryOperator.Minus => Call("-", e, e.Operand),
            _ => Call("+", e, e.Operand),
        };
    }

    private Expr BindBinary(Ast.BinaryExpr e)
    {
        Expr left = Bind(e.Left);
        Expr right = Bind(e.Right);
        if (e.Operator is Ast.BinaryOperator.Equal or Ast.BinaryOperator.NotEqual)
            (left, right) = (FlagOf(left, right), FlagOf(right, left));
        return Functions.Bind(Name(e.Operator), [left, right], e.Span);
    }

    /// <summary>TRUE or FALSE compared with a TINYINT means 1 or 0 (ours; Flink refuses it).</summary>
    private static Expr FlagOf(Expr flag, Expr other) =>
        other.Type.Kind == TypeKind.TinyInt && flag is Literal { Type.Kind: TypeKind.Boolean, Text: { } text }
            ? new Literal(text == "true" ? "1" : "0", LogicalType.TinyInt.NotNull())
            : flag;

    private static string Name(Ast.BinaryOperator op) => op switch
    {
        Ast.BinaryOperator.Or => "OR",
        Ast.BinaryOperator.And => "AND",
        Ast.BinaryOperator.Equal => "=",
        Ast.BinaryOperator.NotEqual => "<>",
        Ast.BinaryOperator.Less => "<",
        Ast.BinaryOperator.LessOrEqual => "<=",
        Ast.BinaryOperator.Greater => ">",
        Ast.BinaryOperator.GreaterOrEqual => ">=",
        Ast.BinaryOperator.Add => "+",
        Ast.BinaryOperator.Subtract => "-",
        Ast.BinaryOperator.Multiply => "*",
        Ast.BinaryOperator.Divide => "/",
        Ast.BinaryOperator.Modulo => "%",
        _ => "||",
    };

    private Expr BindIsTest(Ast.IsTest e)
    {
        string not = e.IsNegated ? "IS NOT " : "IS ";
        return e.Kind switch
        {
            Ast.IsTestKind.JsonValue or Ast.IsTestKind.JsonObject or Ast.IsTestKind.JsonArray
                or Ast.IsTestKind.JsonScalar => Functions.Bind(
                    not + "JSON", BindAll(e.Operand), e.Span, [e.Kind.ToString()[4..].ToUpperInvariant()]),
            _ => Call(not + e.Kind.ToString().ToUpperInvariant(), e, e.Operand),
        };
    }

    private Expr BindLike(Ast.LikeExpr e)
    {
        string name = (e.IsNegated ? "NOT " : "") + (e.IsSimilar ? "SIMILAR TO" : "LIKE");
        return e.Escape is null
            ? Call(name, e, e.Operand, e.Pattern)
            : Call(name, e, e.Operand, e.Pattern, e.Escape);
    }

    private Expr BindCase(Ast.CaseExpr e)
    {
        var args = ImmutableArray.CreateBuilder<Expr>();
        foreach (Ast.CaseBranch branch in e.Branches)
        {
            Ast.SqlExpr condition = e.Operand is null
                ? branch.Condition
                : new Ast.BinaryExpr(Ast.BinaryOperator.Equal, e.Operand, branch.Condition)
                {
                    Span = branch.Condition.Span,
                };
            args.Add(BindCondition(condition, "WHEN"));
            args.Add(Bind(branch.Result));
        }
        if (e.Else is not null) args.Add(Bind(e.Else));
        return Functions.Bind("CASE", args.ToImmutable(), e.Span);
    }

    private Expr BindCall(Ast.FunctionCall e)
    {
        CallRules.Check(e);
        if (AggregateCatalog.Knows(e.UpperName)) throw AggregateHere(e.UpperName, e);
        Ast.SqlExpr? star = e.Arguments.FirstOrDefault(a => a is Ast.StarArgument);
        if (star is not null && FunctionCatalog.Knows(e.UpperName))
            throw Invalid($"{e.UpperName} takes no *; only COUNT does.", star);
        // A name that nobody knows is told as such, whatever stands behind it.
        Expr bound = Functions.Bind(e.UpperName, star is null ? BindAll(e.Arguments) : [], e.Span);
        return e is { UpperName: "PROCTIME", Arguments.Count: 0 } && bound is Call call
            ? call with { Type = call.Type with { TimeAttribute = TimeAttribute.Proctime } }
            : bound;
    }

    private static SqlException AggregateHere(string name, Ast.SqlNode at) =>
        Invalid($"The aggregate function {name} cannot stand here: it belongs into SELECT or HAVING.", at);

    private static SqlException Invalid(string message, Ast.SqlNode at) =>
        new(SqlErrorKind.Invalid, message, at.Span);

    private static SqlException Unsupported(string message, Ast.SqlNode at) =>
        new(SqlErrorKind.Unsupported, message, at.Span);
}
