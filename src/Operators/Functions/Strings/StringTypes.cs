using System.Collections.Immutable;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Strings;

/// <summary>How the lengths of CHAR and VARCHAR arguments go into the types of results.</summary>
internal static class StringTypes
{
    /// <summary>A call whose result type comes from its arguments; nullable where any of them is.</summary>
    public static Func<CallSite, Expr> From(
        Func<ImmutableArray<Expr>, LogicalType> type, int required, params Parameter[] parameters) => site =>
    {
        ImmutableArray<Expr> arguments = Signature.Check(site, required, parameters);
        return site.Call(type(arguments), arguments);
    };

    /// <summary>As <see cref="From"/>, but always nullable.</summary>
    public static Func<CallSite, Expr> NullableFrom(
        Func<ImmutableArray<Expr>, LogicalType> type, int required, params Parameter[] parameters) => site =>
    {
        ImmutableArray<Expr> arguments = Signature.Check(site, required, parameters);
        return site.CallExactly(type(arguments).AsNullable(), arguments);
    };

    /// <summary>The first argument's type.</summary>
    public static LogicalType First(ImmutableArray<Expr> arguments) => arguments[0].Type;

    /// <summary>The VARCHAR of the first argument's length.</summary>
    public static LogicalType FirstVarying(ImmutableArray<Expr> arguments) =>
        LogicalType.VarChar(arguments[0].Type.Precision);

    /// <summary>The length of both: CHAR where all are, else VARCHAR.</summary>
    public static LogicalType Sum(IEnumerable<LogicalType> types)
    {
        long length = 0;
        bool isFixed = true;
        foreach (LogicalType type in types)
        {
            length += type.Precision;
            isFixed &= type.Kind == TypeKind.Char;
        }
        int capped = (int)System.Math.Min(length, LogicalType.MaxLength);
        return isFixed ? LogicalType.Char(capped) : LogicalType.VarChar(capped);
    }
}
