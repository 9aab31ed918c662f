using System.Collections.Immutable;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Millrace.Sql.Catalog;
using Ast = Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>
/// The JSON functions with clauses; the clauses become options of the call, in the order of the text.
/// </summary>
internal static class JsonBinder
{
    public static Expr Bind(Ast.SqlExpr node, Func<Ast.SqlExpr, Expr> bind) => node switch
    {
        Ast.JsonValueCall call => Value(call, bind),
        Ast.JsonQueryCall call => Query(call, bind),
        Ast.JsonExistsCall call => Functions.Bind(
            "JSON_EXISTS", [bind(call.Input), bind(call.Path)], call.Span,
            [.. Clause(call.OnError, "ERROR")]),
        Ast.JsonObjectCall call => Functions.Bind(
            "JSON_OBJECT",
            [.. call.Members.SelectMany(m => new[] { bind(m.Key), bind(m.Value) })],
            call.Span,
            Nulls(call.Nulls)),
        Ast.JsonArrayCall call => Functions.Bind(
            "JSON_ARRAY", [.. call.Items.Select(bind)], call.Span, Nulls(call.Nulls)),
        _ => throw new ArgumentException("Not a JSON function.", nameof(node)),
    };

    /// <summary>The option of a JSON constructor; none where the clause was not written.</summary>
    public static ImmutableArray<string> Nulls(Ast.JsonNulls nulls) => nulls switch
    {
        Ast.JsonNulls.Null => ["NULL ON NULL"],
        Ast.JsonNulls.Absent => ["ABSENT ON NULL"],
        _ => [],
    };

    private static Expr Value(Ast.JsonValueCall call, Func<Ast.SqlExpr, Expr> bind)
    {
        List<Expr> args = [bind(call.Input), bind(call.Path)];
        foreach (Ast.JsonBehavior? behavior in new[] { call.OnEmpty, call.OnError })
            if (behavior?.Default is { } value) args.Add(bind(value));
        return Functions.Bind(
            "JSON_VALUE",
            [.. args],
            call.Span,
            [.. Returning(call.Returning), .. Clause(call.OnEmpty, "EMPTY"),
                .. Clause(call.OnError, "ERROR")]);
    }

    private static Expr Query(Ast.JsonQueryCall call, Func<Ast.SqlExpr, Expr> bind)
    {
        string[] wrapper = call.Wrapper switch
        {
            Ast.JsonWrapper.Without => ["WITHOUT WRAPPER"],
            Ast.JsonWrapper.Conditional => ["WITH CONDITIONAL WRAPPER"],
            Ast.JsonWrapper.Unconditional => ["WITH UNCONDITIONAL WRAPPER"],
            _ => [],
        };
        return Functions.Bind(
            "JSON_QUERY",
            [bind(call.Input), bind(call.Path)],
            call.Span,
            [.. Returning(call.Returning), .. wrapper, .. Clause(call.OnEmpty, "EMPTY"),
                .. Clause(call.OnError, "ERROR")]);
    }

    private static string[] Returning(Ast.TypeName? type)
    {
        if (type is null) return [];
        LogicalType resolved = TypeNames.Resolve(type).AsNullable();
        return [$"RETURNING {resolved}"];
    }

    private static string[] Clause(Ast.JsonBehavior? behavior, string on)
    {
        if (behavior is null) return [];
        string words = behavior.Kind switch
        {
            Ast.JsonBehaviorKind.EmptyArray => "EMPTY ARRAY",
            Ast.JsonBehaviorKind.EmptyObject => "EMPTY OBJECT",
            _ => behavior.Kind.ToString().ToUpperInvariant(),
        };
        return [$"{words} ON {on}"];
    }
}
