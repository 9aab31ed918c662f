using Millrace.Operators.Expressions;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Comparison;

/// <summary>The comparisons, BETWEEN, IS DISTINCT FROM and IN.</summary>
internal static class ComparisonFunctions
{
    public static FunctionDefinition[] All =>
    [
        Compare("=", Relation.Equal),
        Compare("<>", Relation.NotEqual, "!="),
        Compare("<", Relation.Less),
        Compare("<=", Relation.LessOrEqual),
        Compare(">", Relation.Greater),
        Compare(">=", Relation.GreaterOrEqual),
        Distinct("IS DISTINCT FROM", negated: false),
        Distinct("IS NOT DISTINCT FROM", negated: true),
        new("BETWEEN", Between),
        new("NOT BETWEEN", site => Not(Between(site))),
        new("IN", InList.Bind) { Special = InList.Compile },
        new("NOT IN", site => Not(FunctionCatalog.Bind("IN", site.Arguments))),
    ];

    private static FunctionDefinition Compare(string name, Relation relation, params string[] aliases) =>
        new(name,
            site => TryBindFields(site) ?? BindPair(site, relation is Relation.Equal or Relation.NotEqual),
            (call, _) => ComparisonKernels.Choose(relation, call.Arguments[0].Type))
        {
            Aliases = aliases,
            IsCheapAndSafe = IsCheap,
        };

    private static FunctionDefinition Distinct(string name, bool negated) =>
        new(name, site => BindPair(site, isEquality: true) with { Type = LogicalType.Boolean.NotNull() },
            (call, _) => ComparisonKernels.Distinct(call.Arguments[0].Type, negated))
        {
            IsCheapAndSafe = IsCheap,
        };

    private static bool IsCheap(Call call) => call.Arguments[0].Type.Kind <= TypeKind.Decimal
        || call.Arguments[0].Type.Kind is >= TypeKind.Date and <= TypeKind.IntervalDayTime
        || call.Arguments.Any(a => a is Literal);

    private static Call BindPair(CallSite site, bool isEquality)
    {
        site.Arity(2);
        LogicalType type = ComparisonTypes.Of(site.Type(0), site.Type(1)) ?? throw Incomparable(site);
        if (!isEquality && !ComparisonTypes.IsOrdered(type)) throw Incomparable(site);
        return site.Call(
            LogicalType.Boolean,
            [ComparisonTypes.Coerce(site[0], type, isEquality),
                ComparisonTypes.Coerce(site[1], type, isEquality)]);
    }

    /// <summary>
    /// (a, b) = (c, d) is a = c AND b = d, and &lt;&gt; its opposite; null for other calls.
    /// </summary>
    private static Expr? TryBindFields(CallSite site)
    {
        if (site is not { Name: "=" or "<>", Count: 2 } || site[0] is not Call { Function: "ROW" } left
            || site[1] is not Call { Function: "ROW" } right
            || left.Arguments.Length != right.Arguments.Length)
            return null;
        IEnumerable<Expr> pairs =
            left.Arguments.Zip(right.Arguments, (a, b) => FunctionCatalog.Bind(site.Name, [a, b]));
        return FunctionCatalog.Bind(site.Name == "=" ? "AND" : "OR", [.. pairs]);
    }

    private static FunctionException Incomparable(CallSite site) => new(
        $"{site.Type(0).AsNullable()} and {site.Type(1).AsNullable()} cannot be compared by {site.Name}: "
        + "there is no implicit conversion between them, CAST one of them.",
        IsBooleanWithText(site.Type(0), site.Type(1)) || IsBooleanWithText(site.Type(1), site.Type(0)));

    /// <summary>Flink converts these; what it makes of them we do not know.</summary>
    private static bool IsBooleanWithText(LogicalType left, LogicalType right) =>
        left.Kind == TypeKind.Boolean && right.IsCharacter;

    private static Expr Between(CallSite site)
    {
        site.Arity(3);
        if (site.Arguments.Any(a => a.Type.IsCharacter) && site.Arguments.Any(a => a.Type.IsNumeric))
            throw new FunctionException(
                $"{site.Name} of numbers and text is not supported yet; CAST one of them.", true);
        Expr straight = Within(site[0], site[1], site[2]);
        return site.Options.Contains("SYMMETRIC")
            ? FunctionCatalog.Bind("OR", [straight, Within(site[0], site[2], site[1])])
            : straight;
    }

    private static Expr Within(Expr value, Expr low, Expr high) => FunctionCatalog.Bind(
        "AND",
        [FunctionCatalog.Bind(">=", [value, low]), FunctionCatalog.Bind("<=", [value, high])]);

    private static Expr Not(Expr expression) => FunctionCatalog.Bind("NOT", [expression]);
}
