using System.Collections.Immutable;
using Millrace.Operators.Expressions;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Logic;

/// <summary>AND, OR, NOT and the IS predicates.</summary>
internal static class LogicFunctions
{
    public static FunctionDefinition[] All =>
    [
        new("AND", BindMany) { Special = (call, compiler) => Chain(call, compiler, isAnd: true) },
        new("OR", BindMany) { Special = (call, compiler) => Chain(call, compiler, isAnd: false) },
        Predicate("NOT", Signature.Of(LogicalType.Boolean, Parameter.Boolean), LogicKernels.Not),
        Predicate("IS TRUE", OfBoolean, LogicKernels.Is(true, negated: false)),
        Predicate("IS NOT TRUE", OfBoolean, LogicKernels.Is(true, negated: true)),
        Predicate("IS FALSE", OfBoolean, LogicKernels.Is(false, negated: false)),
        Predicate("IS NOT FALSE", OfBoolean, LogicKernels.Is(false, negated: true)),
        Predicate("IS UNKNOWN", OfBoolean, LogicKernels.IsNull(negated: false)),
        Predicate("IS NOT UNKNOWN", OfBoolean, LogicKernels.IsNull(negated: true)),
        Predicate("IS NULL", OfAny, LogicKernels.IsNull(negated: false)),
        Predicate("IS NOT NULL", OfAny, LogicKernels.IsNull(negated: true)),
    ];

    private static Func<CallSite, Expr> OfBoolean =>
        Signature.NotNull(LogicalType.Boolean, 1, Parameter.Boolean);

    private static Func<CallSite, Expr> OfAny => Signature.NotNull(LogicalType.Boolean, 1, Parameter.Any);

    private static FunctionDefinition Predicate(string name, Func<CallSite, Expr> bind, Kernel kernel) =>
        new(name, bind, (_, _) => kernel) { IsCheapAndSafe = _ => true };

    private static Expr BindMany(CallSite site)
    {
        site.Arity(1, int.MaxValue);
        Parameter[] parameters = [.. Enumerable.Repeat(Parameter.Boolean, site.Count)];
        ImmutableArray<Expr> arguments = Signature.Check(site, site.Count, parameters);
        return site.Count == 1 ? arguments[0] : site.Call(LogicalType.Boolean, arguments);
    }

    private static Node Chain(Call call, Compiler compiler, bool isAnd)
    {
        Node chain = compiler.Compile(call.Arguments[0]);
        for (int i = 1; i < call.Arguments.Length; i++)
            chain = new ShortCircuitNode(call.Type, chain, compiler.Compile(call.Arguments[i]), isAnd);
        return chain;
    }
}
