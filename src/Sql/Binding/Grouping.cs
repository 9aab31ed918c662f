using System.Collections.Immutable;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Ast = Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>The keys of a GROUP BY and which of them each grouping set has.</summary>
/// <param name="Keys">Distinct expressions over the input.</param>
/// <param name="Sets">At least one; a flag a key.</param>
internal sealed record Grouping(ImmutableArray<Expr> Keys, ImmutableArray<ImmutableArray<bool>> Sets)
{
    /// <summary>
    /// Key columns of the aggregate: the keys, and the set's number where there are several.
    /// </summary>
    public int OutputCount => Keys.Length + (Sets.Length > 1 ? 1 : 0);

    public LogicalType KeyType(int key)
    {
        LogicalType type = Keys[key].Type.WithoutTimeAttribute();
        return Sets.All(s => s[key]) ? type : type.AsNullable();
    }

    /// <summary>
    /// GROUPING(a, b), GROUPING_ID(a, b): a bit a key, 1 where the set leaves it out; GROUP_ID(): 0.
    /// </summary>
    public Expr Indicator(Ast.FunctionCall call, ExpressionBinder rows)
    {
        int[] keys = [.. call.Arguments.Select(a => KeyOf(a, rows, call))];
        long[] values =
            [.. Sets.Select(s => keys.Aggregate(0L, (bits, k) => (bits << 1) | (s[k] ? 0L : 1L)))];
        if (call.UpperName == "GROUP_ID") values = [.. Sets.Select(DuplicatesBefore)];
        if (values.Distinct().Count() == 1) return LiteralBinder.BigInt(values[0]);
        var number = new InputRef(Keys.Length, LogicalType.Int.NotNull());
        var cases = ImmutableArray.CreateBuilder<Expr>();
        for (int i = 0; i < values.Length - 1; i++)
        {
            cases.Add(Functions.Bind("=", [number, LiteralBinder.Int(i)], call.Span));
            cases.Add(LiteralBinder.BigInt(values[i]));
        }
        cases.Add(LiteralBinder.BigInt(values[^1]));
        return Functions.Bind("CASE", cases.ToImmutable(), call.Span);
    }

    private long DuplicatesBefore(ImmutableArray<bool> set, int number) =>
        Sets.Take(number).Count(s => s.SequenceEqual(set));

    private int KeyOf(Ast.SqlExpr argument, ExpressionBinder rows, Ast.FunctionCall call)
    {
        int key = Keys.IndexOf(rows.Bind(argument));
        return key >= 0
            ? key
            : throw new SqlException(
                SqlErrorKind.Invalid, $"The argument of {call.UpperName} must be a key of GROUP BY.",
                argument.Span);
    }
}

/// <summary>GROUP BY with its grouping sets multiplied out.</summary>
internal static class GroupingBinder
{
    private const int MaxSets = 256;

    public static Grouping Bind(Ast.GroupByClause? clause, ExpressionBinder rows)
    {
        if (clause is null) return new Grouping([], [[]]);
        IEnumerable<ImmutableArray<Expr>> sets = [[]];
        foreach (Ast.GroupingElement element in clause.Elements)
        {
            ImmutableArray<Expr>[] further = [.. SetsOf(element, rows)];
            sets = [.. sets.SelectMany(s => further.Select(f => s.AddRange(f)))];
            if (sets.Count() > MaxSets)
                throw new SqlException(
                    SqlErrorKind.Invalid, $"GROUP BY makes more than {MaxSets} grouping sets.", element.Span);
        }
        ImmutableArray<Expr> keys = [.. sets.SelectMany(s => s).Distinct()];
        IEnumerable<ImmutableArray<bool>> flags =
            sets.Select(s => keys.Select(s.Contains).ToImmutableArray());
        return new Grouping(keys, clause.IsDistinct ? Distinct(flags) : [.. flags]);
    }

    private static ImmutableArray<ImmutableArray<bool>> Distinct(IEnumerable<ImmutableArray<bool>> sets)
    {
        List<ImmutableArray<bool>> kept = [];
        foreach (ImmutableArray<bool> set in sets)
            if (!kept.Exists(k => k.SequenceEqual(set))) kept.Add(set);
        return [.. kept];
    }

    private static IEnumerable<ImmutableArray<Expr>> SetsOf(
        Ast.GroupingElement element, ExpressionBinder rows) =>
        element switch
        {
            Ast.GroupingKeys keys => [Keys(keys, rows)],
            Ast.RollupElement rollup => Enumerable.Range(0, rollup.Items.Count + 1)
                .Select(n => rollup.Items.Take(rollup.Items.Count - n).SelectMany(i => Keys(i, rows))
                    .ToImmutableArray()),
            Ast.CubeElement cube => Cube(cube, rows),
            Ast.GroupingSetsElement sets => sets.Items.SelectMany(i => SetsOf(i, rows)),
            _ => throw new SqlException(
                SqlErrorKind.Unsupported, "This grouping is not supported yet.", element.Span),
        };

    private static IEnumerable<ImmutableArray<Expr>> Cube(Ast.CubeElement cube, ExpressionBinder rows)
    {
        if (cube.Items.Count > 8)
            throw new SqlException(SqlErrorKind.Invalid, "CUBE takes at most 8 items.", cube.Span);
        return Enumerable.Range(0, 1 << cube.Items.Count).Select(mask => cube.Items
            .Where((_, i) => (mask >> i & 1) == 0)
            .SelectMany(i => Keys(i, rows))
            .ToImmutableArray());
    }

    private static ImmutableArray<Expr> Keys(Ast.GroupingKeys keys, ExpressionBinder rows)
    {
        foreach (Ast.SqlExpr key in keys.Keys)
        {
            if (key is Ast.NullLiteral) throw NullRules.Illegal(key);
            if (SyntaxWalk.HasAggregate(key))
                throw new SqlException(SqlErrorKind.Invalid, "GROUP BY cannot hold an aggregate.", key.Span);
        }
        return [.. keys.Keys.Select(rows.Bind)];
    }
}
