using System.Collections.Frozen;
using System.Collections.Immutable;
using Millrace.Operators.Functions.Arithmetic;
using Millrace.Operators.Functions.Collections;
using Millrace.Operators.Functions.Comparison;
using Millrace.Operators.Functions.Conditional;
using Millrace.Operators.Functions.Conversion;
using Millrace.Operators.Functions.Hashing;
using Millrace.Operators.Functions.Json;
using Millrace.Operators.Functions.Logic;
using Millrace.Operators.Functions.Math;
using Millrace.Operators.Functions.Strings;
using Millrace.Operators.Functions.Temporal;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions;

/// <summary>
/// Every scalar function and operator: what the SQL binder asks, and what the compiler looks up. See
/// <c>docs/functions.md</c> for how special syntax maps to calls. Pure.
/// </summary>
public static class FunctionCatalog
{
    private static readonly FrozenDictionary<string, FunctionDefinition> Definitions = Index(
    [
        .. ArithmeticFunctions.All,
        .. ComparisonFunctions.All,
        .. LogicFunctions.All,
        .. ConditionalFunctions.All,
        .. ConversionFunctions.All,
        .. MathFunctions.All,
        .. TemporalFunctions.All,
        .. StringFunctions.All,
        .. HashingFunctions.All,
        .. CollectionFunctions.All,
        .. JsonFunctions.All,
    ]);

    /// <summary>Whether <see cref="Bind"/> can bind a call of this name, in any case of letters.</summary>
    public static bool Knows(string name) => Definitions.ContainsKey(name);

    /// <summary>A typed expression for the call, coercions written out as CAST calls.</summary>
    /// <param name="name">A function's or an operator's name, in any case of letters.</param>
    /// <param name="options">What is no value: a TRIM side, the behaviours of JSON_VALUE.</param>
    /// <exception cref="FunctionException">
    /// No such function, or one that does not take these arguments.
    /// </exception>
    public static Expr Bind(string name, ImmutableArray<Expr> args, ImmutableArray<string> options = default)
    {
        if (Definitions.TryGetValue(name, out FunctionDefinition? definition))
            return definition.Bind(new CallSite(definition.Name, args, options));
        string upper = name.ToUpperInvariant();
        throw FlinkFunctions.Names.Contains(upper)
            ? new FunctionException(
                $"The function {upper} of Flink SQL is not supported yet.", isUnsupported: true)
            : new FunctionException($"There is no function {name}.");
    }

    /// <summary>CAST(expression AS target), or TRY_CAST, which is NULL where CAST fails.</summary>
    /// <param name="target">
    /// Its nullability is ignored: a CAST is nullable where its argument is, a TRY_CAST always.
    /// </param>
    /// <exception cref="FunctionException">There is no cast between the types.</exception>
    public static Expr Cast(Expr expression, LogicalType target, bool isTry = false) =>
        Casts.Bind(expression, target, isTry);

    /// <summary>
    /// The expression as a value of the type, by an implicit CAST where it is of another one. Nullability is
    /// that of the expression. Does not ask whether the coercion loses anything.
    /// </summary>
    public static Expr Coerce(Expr expression, LogicalType type) => Casts.Coerce(expression, type);

    internal static FunctionDefinition Definition(string name) =>
        Definitions.TryGetValue(name, out FunctionDefinition? definition)
            ? definition
            : throw new MillraceException(
                ErrorKind.Bug, $"The plan calls {name}, which is not in the catalog.");

    private static FrozenDictionary<string, FunctionDefinition> Index(FunctionDefinition[] definitions)
    {
        var index = new Dictionary<string, FunctionDefinition>(StringComparer.OrdinalIgnoreCase);
        foreach (FunctionDefinition definition in definitions)
            foreach (string name in definition.Aliases.Prepend(definition.Name))
                index.Add(name, definition);
        return index.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
