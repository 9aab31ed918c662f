using Millrace.Operators.Expressions;
using Millrace.Shared.Expressions;

namespace Millrace.Operators.Functions;

/// <summary>
/// One function of the catalog, whole: its name, how a call is typed, and how it is computed. A family is a
/// static class with <c>All</c>, a list of definitions, named once in <see cref="FunctionCatalog"/>.
/// </summary>
/// <param name="Name">Upper case; the name that a bound <see cref="Call"/> carries.</param>
/// <param name="Bind">
/// Checks the arguments, writes out coercions and gives the typed call (or another expression that means the
/// same).
/// </param>
internal sealed record FunctionDefinition(string Name, Func<CallSite, Expr> Bind)
{
    /// <summary>A function that is one kernel over its arguments.</summary>
    /// <param name="name">Upper case.</param>
    /// <param name="bind">See <see cref="Bind"/>; <see cref="Signature"/> has the usual ones.</param>
    /// <param name="kernel">Chooses the kernel for the types of a bound call, once at compile time.</param>
    public FunctionDefinition(
        string name, Func<CallSite, Expr> bind, Func<Call, EvaluationContext, Kernel> kernel)
        : this(name, bind) => Kernel = kernel;

    /// <summary>
    /// Other names of the same function (POW beside POWER); bound calls carry <see cref="Name"/>.
    /// </summary>
    public string[] Aliases { get; init; } = [];

    /// <summary>
    /// Null where <see cref="Special"/> compiles the call, or where binding always rewrites it.
    /// </summary>
    public Func<Call, EvaluationContext, Kernel>? Kernel { get; }

    /// <summary>Compiles a special form, one that does not evaluate all its arguments on all rows.</summary>
    public Func<Call, Compiler, Node>? Special { get; init; }

    /// <summary>
    /// False for the clock, randomness and what else must not be computed once and for all.
    /// </summary>
    public bool IsDeterministic { get; init; } = true;

    /// <summary>
    /// Whether this bound call never fails and costs little, so that computing unneeded rows is fine.
    /// </summary>
    public Func<Call, bool> IsCheapAndSafe { get; init; } = _ => false;

    public Node Compile(Call call, Compiler compiler)
    {
        if (Special is not null) return Special(call, compiler);
        return compiler.Node(call, Kernel!(call, compiler.Context), IsCheapAndSafe(call));
    }
}
