using System.Collections.Immutable;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions;

/// <summary>What a parameter takes. An argument of another type is refused; NULL fits everywhere.</summary>
internal enum Parameter
{
    /// <summary>Anything.</summary>
    Any,

    /// <summary>CHAR or VARCHAR, as it is.</summary>
    String,

    /// <summary>CHAR, VARCHAR, BINARY or VARBINARY, as it is.</summary>
    Bytes,

    /// <summary>TINYINT, SMALLINT or INT, cast to INT.</summary>
    Int,

    /// <summary>Any integer, cast to BIGINT.</summary>
    BigInt,

    /// <summary>Any number, as it is.</summary>
    Number,

    /// <summary>Any number, cast to DOUBLE.</summary>
    Double,
    Boolean,
    Array,
    Map,
}

/// <summary>The usual ways to type a call: a list of parameters and a result type.</summary>
internal static class Signature
{
    /// <summary>All parameters are required; the result is nullable where any argument is.</summary>
    public static Func<CallSite, Expr> Of(LogicalType result, params Parameter[] parameters) =>
        Of(result, parameters.Length, parameters);

    /// <summary>The first <paramref name="required"/> parameters are required.</summary>
    public static Func<CallSite, Expr> Of(LogicalType result, int required, params Parameter[] parameters) =>
        site => site.Call(result, Check(site, required, parameters));

    /// <summary>
    /// As <see cref="Of(LogicalType, Parameter[])"/>, but NULL may come out of arguments that are not.
    /// </summary>
    public static Func<CallSite, Expr> Nullable(
        LogicalType result, int required, params Parameter[] parameters) =>
        site => site.CallExactly(result.AsNullable(), Check(site, required, parameters));

    /// <summary>Never NULL, whatever the arguments.</summary>
    public static Func<CallSite, Expr> NotNull(
        LogicalType result, int required, params Parameter[] parameters) =>
        site => site.CallExactly(result.NotNull(), Check(site, required, parameters));

    /// <summary>Takes the last parameter any number of times, at least once.</summary>
    public static Func<CallSite, Expr> Variadic(LogicalType result, params Parameter[] parameters) =>
        site =>
        {
            site.Arity(parameters.Length, int.MaxValue);
            int more = site.Count - parameters.Length;
            Parameter[] all = [.. parameters, .. Enumerable.Repeat(parameters[^1], more)];
            return site.Call(result, Check(site, all.Length, all));
        };

    /// <summary>The arguments, coerced, or an exception.</summary>
    public static ImmutableArray<Expr> Check(CallSite site, int required, params Parameter[] parameters)
    {
        site.Arity(required, parameters.Length);
        var coerced = ImmutableArray.CreateBuilder<Expr>(site.Count);
        for (int i = 0; i < site.Count; i++)
            coerced.Add(Coerce(site[i], parameters[i]) ?? throw site.Refuse(Describe(parameters)));
        return coerced.MoveToImmutable();
    }

    private static Expr? Coerce(Expr argument, Parameter parameter)
    {
        LogicalType type = argument.Type;
        if (type.Kind == TypeKind.Null) return FunctionCatalog.Coerce(argument, NullAs(parameter));
        return parameter switch
        {
            Parameter.Any => argument,
            Parameter.String => type.IsCharacter ? argument : null,
            Parameter.Bytes => type.IsCharacter || type.IsBinary ? argument : null,
            Parameter.Int => type.IsInteger && type.Kind != TypeKind.BigInt
                ? FunctionCatalog.Coerce(argument, LogicalType.Int) : null,
            Parameter.BigInt => type.IsInteger ? FunctionCatalog.Coerce(argument, LogicalType.BigInt) : null,
            Parameter.Number => type.IsNumeric ? argument : null,
            Parameter.Double => type.IsNumeric ? FunctionCatalog.Coerce(argument, LogicalType.Double) : null,
            Parameter.Boolean => type.Kind == TypeKind.Boolean ? argument : null,
            Parameter.Array => type.Kind == TypeKind.Array ? argument : null,
            Parameter.Map => type.Kind == TypeKind.Map ? argument : null,
            _ => null,
        };
    }

    private static LogicalType NullAs(Parameter parameter) => parameter switch
    {
        Parameter.String or Parameter.Bytes => LogicalType.String,
        Parameter.Int or Parameter.Number => LogicalType.Int,
        Parameter.BigInt => LogicalType.BigInt,
        Parameter.Double => LogicalType.Double,
        Parameter.Boolean => LogicalType.Boolean,
        _ => LogicalType.Null,
    };

    private static string Describe(Parameter[] parameters) =>
        $"({string.Join(", ", parameters.Select(p => p.ToString().ToUpperInvariant()))})";
}
