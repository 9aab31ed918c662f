using System.Collections.Immutable;
using Millrace.Operators.Aggregates;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Ast = Millrace.Sql.Syntax;
using Literal = Millrace.Shared.Expressions.Literal;

namespace Millrace.Sql.Binding;

/// <summary>One aggregate call over the rows of a group, not yet placed.</summary>
internal sealed record PendingCall(
    string Function,
    ImmutableArray<Expr> Arguments,
    Expr? Filter,
    bool IsDistinct,
    ImmutableArray<string> Options,
    Ast.SourceSpan Span)
{
    public bool SameAs(PendingCall other) =>
        Function == other.Function && IsDistinct == other.IsDistinct && Equals(Filter, other.Filter)
        && Arguments.SequenceEqual(other.Arguments) && Options.SequenceEqual(other.Options);
}

/// <summary>Aggregate calls of the syntax tree, their special clauses as options.</summary>
internal static class AggregateCallBinder
{
    /// <param name="node">A call for which <see cref="SyntaxWalk.IsAggregate"/> holds.</param>
    /// <param name="rows">Binds over the rows that are aggregated.</param>
    public static PendingCall Bind(Ast.SqlExpr node, ExpressionBinder rows) => node switch
    {
        Ast.JsonObjectAggCall call => new PendingCall(
            "JSON_OBJECTAGG",
            [BindArgument(call.Key, rows), BindArgument(call.Value, rows)],
            BindFilter(call.Filter, rows),
            false,
            JsonBinder.Nulls(call.Nulls),
            call.Span),
        Ast.JsonArrayAggCall { OrderBy.Count: > 0 } call =>
            throw Unsupported("ORDER BY in JSON_ARRAYAGG", call),
        Ast.JsonArrayAggCall call => new PendingCall(
            "JSON_ARRAYAGG",
            [BindArgument(call.Item, rows)],
            BindFilter(call.Filter, rows),
            false,
            JsonBinder.Nulls(call.Nulls),
            call.Span),
        Ast.FunctionCall call => Named(call, rows),
        _ => throw Unsupported("This aggregate", node),
    };

    private static PendingCall Named(Ast.FunctionCall call, ExpressionBinder rows)
    {
        if (call.OrderBy.Count > 0) throw Unsupported($"ORDER BY in {call.UpperName}", call);
        if (call.WithinGroup.Count > 0) throw Unsupported($"WITHIN GROUP of {call.UpperName}", call);
        if (call.IsDistinct && call.Arguments.Any(a => a is Ast.StarArgument))
            throw new SqlException(SqlErrorKind.Invalid,
                $"{call.UpperName}(DISTINCT *) does not exist: name a column.", call.Span);
        List<Ast.SqlExpr> arguments = [.. call.Arguments.Where(a => a is not Ast.StarArgument)];
        List<string> options = [];
        if (call.UpperName == "LISTAGG" && arguments.Count == 2)
        {
            options.Add(Separator(arguments[1], rows));
            arguments.RemoveAt(1);
        }
        if (call.IgnoreNulls is not null && call.UpperName != "ARRAY_AGG")
            throw new SqlException(
                SqlErrorKind.Invalid, $"{call.UpperName} takes no IGNORE NULLS or RESPECT NULLS.", call.Span);
        if (call.IgnoreNulls == true) options.Add(AggregateCatalog.IgnoreNulls);
        return new PendingCall(
            call.UpperName,
            Counted(call, [.. arguments.Select(a => BindArgument(a, rows))]),
            BindFilter(call.Filter, rows),
            call.IsDistinct,
            [.. options],
            call.Span);
    }

    /// <summary>Of several arguments of COUNT those that are never NULL do not matter.</summary>
    private static ImmutableArray<Expr> Counted(Ast.FunctionCall call, ImmutableArray<Expr> arguments) =>
        call is { UpperName: "COUNT", IsDistinct: false } && arguments.Length > 1
            ? [.. arguments.Where(a => a.Type.Nullable)]
            : arguments;

    private static Expr BindArgument(Ast.SqlExpr argument, ExpressionBinder rows)
    {
        if (argument is Ast.NullLiteral) throw NullRules.Illegal(argument);
        if (SyntaxWalk.HasAggregate(argument))
            throw new SqlException(
                SqlErrorKind.Invalid, "Aggregate expressions cannot be nested.", argument.Span);
        return rows.Bind(argument);
    }

    private static Expr? BindFilter(Ast.SqlExpr? filter, ExpressionBinder rows) =>
        filter is null ? null : rows.BindCondition(filter, "FILTER");

    private static string Separator(Ast.SqlExpr argument, ExpressionBinder rows) =>
        rows.Bind(argument) is Literal { Type.IsCharacter: true, Text: { } text }
            ? text
            : throw new SqlException(
                SqlErrorKind.Invalid, "The separator of LISTAGG must be a text in quotes.", argument.Span);

    private static SqlException Unsupported(string what, Ast.SqlNode at) =>
        new(SqlErrorKind.Unsupported, $"{what} is not supported yet.", at.Span);
}
