using System.Collections.Immutable;
using Millrace.Operators.Expressions;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Conditional;

/// <summary>CASE and what can be said by it; GREATEST and LEAST; IS_ALPHA and its kin.</summary>
internal static class ConditionalFunctions
{
    public static FunctionDefinition[] All =>
    [
        new("CASE", BindCase) { Special = CompileCase },
        new("IF", BindIf),
        new("NULLIF", BindNullIf),
        new("COALESCE", BindCoalesce) { Special = CompileCoalesce },
        new("IFNULL", BindIfNull),
        Extreme("GREATEST", isGreatest: true),
        Extreme("LEAST", isGreatest: false),
        Characters("IS_ALPHA", CharacterTests.IsAlpha),
        Characters("IS_DIGIT", CharacterTests.IsDigit),
        Characters("IS_DECIMAL", CharacterTests.IsDecimal),
    ];

    private static Call BindCase(CallSite site)
    {
        site.Arity(2, int.MaxValue);
        ImmutableArray<Expr> arguments = site.Count % 2 == 0
            ? site.Arguments.Add(new Literal(null, LogicalType.Null))
            : site.Arguments;
        LogicalType type = Common(site.Name, Values(arguments));
        var coerced = arguments.ToBuilder();
        for (int i = 0; i < coerced.Count; i++)
            coerced[i] = i % 2 == 0 && i < coerced.Count - 1
                ? Condition(site, coerced[i])
                : FunctionCatalog.Coerce(coerced[i], type);
        return site.CallExactly(type, coerced.ToImmutable());
    }

    private static IEnumerable<Expr> Values(ImmutableArray<Expr> arguments) =>
        arguments.Where((_, i) => i % 2 == 1 || i == arguments.Length - 1);

    private static Expr Condition(CallSite site, Expr condition) =>
        condition.Type.Kind is TypeKind.Boolean or TypeKind.Null
            ? FunctionCatalog.Coerce(condition, LogicalType.Boolean)
            : throw new FunctionException(
                $"A condition of {site.Name} is of type {condition.Type}, not BOOLEAN.");

    private static LogicalType Common(string name, IEnumerable<Expr> values)
    {
        Expr[] all = [.. values];
        return CommonType.Of(all.Select(v => v.Type)) ?? throw new FunctionException(
            $"The values of {name} have no common type: "
            + $"{string.Join(", ", all.Select(v => v.Type.AsNullable()))}.");
    }

    private static CaseNode CompileCase(Call call, Compiler compiler)
    {
        Node[] nodes = [.. call.Arguments.Select(compiler.Compile)];
        Node[] conditions = [.. nodes.Where((_, i) => i % 2 == 0 && i < nodes.Length - 1)];
        Node[] values = [.. nodes.Where((_, i) => i % 2 == 1 || i == nodes.Length - 1)];
        return new CaseNode(call.Type, conditions, values);
    }

    /// <summary>Unlike CASE, nullable also where only the condition is.</summary>
    private static Expr BindIf(CallSite site)
    {
        site.Arity(3);
        var call = (Call)FunctionCatalog.Bind("CASE", site.Arguments);
        return call with { Type = call.Type.WithNullable(call.Type.Nullable || site.Type(0).Nullable) };
    }

    private static Expr BindNullIf(CallSite site)
    {
        site.Arity(2);
        return FunctionCatalog.Bind(
            "CASE",
            [FunctionCatalog.Bind("=", site.Arguments), new Literal(null, LogicalType.Null), site[0]]);
    }

    private static Expr BindIfNull(CallSite site)
    {
        site.Arity(2);
        return FunctionCatalog.Bind("COALESCE", site.Arguments);
    }

    private static Call BindCoalesce(CallSite site)
    {
        site.Arity(1, int.MaxValue);
        LogicalType type = Merged(site);
        return site.CallExactly(
            type.WithNullable(site.Arguments.All(a => a.Type.Nullable)),
            [.. site.Arguments.Select(a => FunctionCatalog.Coerce(a, type))]);
    }

    private static LogicalType Merged(CallSite site)
    {
        LogicalType[] types = [.. site.Arguments.Select(a => a.Type)];
        if (types.Any(t => t.Kind == TypeKind.Date) && types.Any(t => t.IsTimestamp))
            throw new FunctionException(
                $"{site.Name} of a DATE and a timestamp is not supported yet; CAST one of them.", true);
        return CommonType.Merged(types) ?? Common(site.Name, site.Arguments);
    }

    private static CoalesceNode CompileCoalesce(Call call, Compiler compiler) =>
        new(call.Type, [.. call.Arguments.Select(compiler.Compile)]);

    private static FunctionDefinition Extreme(string name, bool isGreatest) =>
        new(name, site =>
        {
            site.Arity(1, int.MaxValue);
            LogicalType type = Merged(site);
            return site.Call(type, [.. site.Arguments.Select(a => FunctionCatalog.Coerce(a, type))]);
        },
        (call, _) => Extremes.Choose(call.Type, isGreatest))
        {
            IsCheapAndSafe = call => !call.Type.IsCharacter && !call.Type.IsBinary,
        };

    private static FunctionDefinition Characters(string name, Kernel kernel) =>
        new(name, Signature.NotNull(LogicalType.Boolean, 1, Parameter.String), (_, _) => kernel)
        {
            IsCheapAndSafe = _ => true,
        };
}
