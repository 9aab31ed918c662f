using System.Collections.Immutable;
using Millrace.Operators.Aggregates;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Ast = Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>
/// A SELECT with GROUP BY, HAVING or aggregates. The input is projected to the keys and the aggregates'
/// arguments, aggregated, filtered by HAVING and projected to the items. Several grouping sets become a union
/// of the projections, one a set, with NULL for the keys that a set leaves out and the set's number as a
/// further key.
/// </summary>
internal sealed class AggregateBinder
{
    private readonly Ast.Select _select;
    private readonly Rel _input;
    private readonly ExpressionBinder _before;
    private readonly ExpressionBinder _after;
    private readonly Grouping _grouping;
    private readonly List<Expr> _arguments = [];
    private readonly List<PendingCall> _calls = [];

    public AggregateBinder(Ast.Select select, Rel input, Scope scope)
    {
        _select = select;
        _input = input;
        _before = new ExpressionBinder(scope);
        _after = new ExpressionBinder(scope, BindGrouped);
        _grouping = GroupingBinder.Bind(select.GroupBy, _before);
    }

    public Rel Bind(IReadOnlyList<OutputItem> items)
    {
        OutputItem[] bound = [.. items.Select(i => i with { Bound = BindItem(i) })];
        Expr? having = _select.Having is null ? null : _after.BindCondition(_select.Having, "HAVING");
        Rel result = Aggregate();
        if (having is not null) result = new FilterRel(result, having, _select.Having!.Span);
        return SelectBinder.Project(result, bound, _after, _select.Span);
    }

    private Expr BindItem(OutputItem item)
    {
        if (item.Bound is null) return _after.Bind(item.Expression!);
        return KeyReference(item.Bound) ?? throw NotGrouped(item.Name, item.Expression!);
    }

    /// <summary>What an expression means over the keys and aggregates; null to look at its parts.</summary>
    private Expr? BindGrouped(Ast.SqlExpr node)
    {
        if (SyntaxWalk.IsAggregate(node)) return Register(AggregateCallBinder.Bind(node, _before));
        if (node is Ast.FunctionCall { UpperName: "GROUPING" or "GROUPING_ID" or "GROUP_ID" } call)
            return _grouping.Indicator(call, _before);
        if (node is Ast.Literal or Ast.TimeUnitArgument) return null;
        if (SyntaxWalk.Any(node, IsOfGroups)) return null;
        Expr bound = _before.Bind(node);
        if (KeyReference(bound) is { } key) return key;
        return node is Ast.ColumnRef column ? throw NotGrouped(column.ToString(), node) : null;
    }

    private static bool IsOfGroups(Ast.SqlExpr node) =>
        SyntaxWalk.IsAggregate(node)
        || node is Ast.FunctionCall { UpperName: "GROUPING" or "GROUPING_ID" or "GROUP_ID" };

    private InputRef? KeyReference(Expr bound)
    {
        int key = _grouping.Keys.IndexOf(bound);
        return key < 0 ? null : new InputRef(key, _grouping.KeyType(key));
    }

    private static SqlException NotGrouped(string name, Ast.SqlNode at) => new(
        SqlErrorKind.Invalid,
        $"Expression '{name}' is not being grouped: write it in GROUP BY, or aggregate it.",
        at.Span);

    private InputRef Register(PendingCall call)
    {
        int index = _calls.FindIndex(c => c.SameAs(call));
        if (index < 0)
        {
            index = _calls.Count;
            _calls.Add(call);
        }
        return new InputRef(_grouping.OutputCount + index, TypeOf(_calls[index]));
    }

    private LogicalType TypeOf(PendingCall call)
    {
        if (call.IsDistinct && call.Arguments.Any(a => a.Type.IsBinary
            || a.Type.Kind is TypeKind.Row or TypeKind.Map or TypeKind.Multiset))
            throw new SqlException(
                SqlErrorKind.Invalid,
                "Distinct aggregate functions do not support the type "
                + $"{call.Arguments[0].Type.AsNullable()}.",
                call.Span);
        return Functions.At(call.Span, () => AggregateCatalog.InferType(
            call.Function,
            [.. call.Arguments.Select(a => a.Type)],
            call.IsDistinct,
            !_grouping.Keys.IsEmpty && call.Filter is null,
            call.Options));
    }

    private Rel Aggregate()
    {
        ImmutableArray<AggregateCall> calls = [.. _calls.Select(ToPlan)];
        Rel[] inputs = [.. _grouping.Sets.Select((set, number) => Prepared(set, number))];
        Rel input =
            inputs.Length == 1 ? inputs[0] : QueryBinder.Union([.. inputs], "grouping sets", _select.Span);
        Field[] keys = [.. Enumerable.Range(0, _grouping.OutputCount).Select(k => input.Schema[k])];
        var schema = new Schema(
        [
            .. keys.Select(k => k with { Type = k.Type.WithoutTimeAttribute() }),
            .. calls.Select((c, i) => new Field($"${c.Function}{i}", c.Type)),
        ]);
        var aggregate =
            new AggregateRel(input, [.. Enumerable.Range(0, keys.Length)], calls, schema, _select.Span);
        return (Rel?)KnownEmpty.Aggregated(aggregate) ?? aggregate;
    }

    private AggregateCall ToPlan(PendingCall call) => new(
        call.Function,
        [.. call.Arguments.Select(Argument)],
        call.Filter is null ? -1 : Argument(call.Filter),
        call.IsDistinct,
        TypeOf(call),
        call.Options);

    /// <summary>The column of the projection before the aggregate that holds the value.</summary>
    private int Argument(Expr value)
    {
        int index = _arguments.IndexOf(value);
        if (index < 0)
        {
            index = _arguments.Count;
            _arguments.Add(value);
        }
        return _grouping.OutputCount + index;
    }

    /// <summary>Keys of one set, the set's number where there are several, and the arguments.</summary>
    private ProjectRel Prepared(ImmutableArray<bool> set, int number)
    {
        List<Expr> outputs = [.. _grouping.Keys];
        if (_grouping.Sets.Length > 1)
        {
            outputs = [.. _grouping.Keys.Select((k, i) => KeyOf(k, set[i]))];
            outputs.Add(LiteralBinder.Int(number));
        }
        outputs.AddRange(_arguments);
        var schema = new Schema([.. outputs.Select((e, i) => new Field(NameOf(e, i), e.Type))]);
        return new ProjectRel(_input, [.. outputs], schema, _select.Span);
    }

    /// <summary>A key in a set: the value as a plain column, or NULL where the set leaves it out.</summary>
    private static Expr KeyOf(Expr key, bool isInSet)
    {
        LogicalType type = key.Type.WithoutTimeAttribute();
        if (!isInSet) return new Literal(null, type.AsNullable());
        return key is InputRef column ? column with { Type = type } : key;
    }

    private string NameOf(Expr value, int index) =>
        value is InputRef r ? _input.Schema[r.Index].Name : $"$f{index}";
}
