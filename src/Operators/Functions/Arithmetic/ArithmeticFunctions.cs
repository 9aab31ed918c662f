using System.Numerics;
using Millrace.Operators.Expressions;
using Millrace.Operators.Functions.Temporal;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Arithmetic;

/// <summary>
/// + - * / %. Integers and approximate numbers compute in their common type, except that FLOAT with DOUBLE is
/// of the left one's type; anything with a DECIMAL is a DECIMAL, with FLOAT or DOUBLE a DOUBLE. The remainder
/// has the type of the divisor.
/// </summary>
internal static class ArithmeticFunctions
{
    public static FunctionDefinition[] All =>
    [
        Operator("+"),
        Operator("-"),
        Operator("*"),
        Operator("/"),
        Operator("%", "MOD"),
    ];

    private static FunctionDefinition Operator(string name, params string[] aliases) => new(
        name, Bind, Choose)
    {
        Aliases = aliases,
        IsCheapAndSafe = call => name is "+" or "-" or "*" && call.Type.Kind != TypeKind.Decimal
            && !TemporalArithmetic.Is(call),
    };

    private static Expr Bind(CallSite site)
    {
        if (site.Count == 1 && site.Name is "+" or "-") return BindSign(site);
        site.Arity(2);
        if (TemporalArithmetic.TryBind(site) is { } temporal) return temporal;
        LogicalType left = site.Type(0), right = site.Type(1);
        if (left.Kind == TypeKind.Null && right.IsNumeric) left = right.AsNullable();
        if (right.Kind == TypeKind.Null && left.IsNumeric) right = left.AsNullable();
        if (!left.IsNumeric || !right.IsNumeric) throw site.Refuse("numbers, or a time and an interval");
        if (site.Name == "%" && (left.IsApproximate || right.IsApproximate))
            throw site.Refuse("integers and decimals; CAST to one of them");
        if (site.Name == "%") return BindRemainder(site, left, right);
        return IsExactDecimal(left, right)
            ? BindDecimal(site, ResultOf(site.Name, left, right), left, right)
            : BindIn(site, Primitive(left, right));
    }

    private static Expr BindSign(CallSite site)
    {
        if (!site.Type(0).IsNumeric && !site.Type(0).IsInterval && site.Type(0).Kind != TypeKind.Null)
            throw site.Refuse("a number or an interval");
        if (site.Name == "+") return site[0];
        return site.Type(0).Kind == TypeKind.Null ? site[0] : site.Call(site.Type(0));
    }

    private static bool IsExactDecimal(LogicalType left, LogicalType right) =>
        (left.Kind == TypeKind.Decimal || right.Kind == TypeKind.Decimal)
        && !left.IsApproximate && !right.IsApproximate;

    private static LogicalType Primitive(LogicalType left, LogicalType right)
    {
        if (left.IsApproximate && right.IsApproximate) return left;
        bool hasDecimal = left.Kind == TypeKind.Decimal || right.Kind == TypeKind.Decimal;
        return hasDecimal ? LogicalType.Double : CommonType.Of(left, right)!;
    }

    private static LogicalType ResultOf(string name, LogicalType left, LogicalType right) => name switch
    {
        "+" or "-" => DecimalTypes.Sum(left, right),
        "*" => DecimalTypes.Product(left, right),
        _ => DecimalTypes.Quotient(left, right),
    };

    private static Call BindIn(CallSite site, LogicalType type) => site.Call(
        type,
        [FunctionCatalog.Coerce(site[0], type), FunctionCatalog.Coerce(site[1], type)]);

    private static Call BindDecimal(CallSite site, LogicalType result, LogicalType left, LogicalType right) =>
        site.Call(result,
        [
            FunctionCatalog.Coerce(site[0], DecimalTypes.AsDecimal(left)),
            FunctionCatalog.Coerce(site[1], DecimalTypes.AsDecimal(right)),
        ]);

    /// <summary>
    /// Computed in the wider type, then cast to the divisor's; decimals with a scale keep a scale.
    /// </summary>
    private static Expr BindRemainder(CallSite site, LogicalType left, LogicalType right)
    {
        if (!IsExactDecimal(left, right))
            return FunctionCatalog.Coerce(BindIn(site, Primitive(left, right)), right);
        Call call = BindDecimal(site, DecimalTypes.Remainder(left, right), left, right);
        bool isWhole = DecimalTypes.DigitsOf(left).Scale == 0 && DecimalTypes.DigitsOf(right).Scale == 0;
        return isWhole ? FunctionCatalog.Coerce(call, right) : call;
    }

    private static Kernel Choose(Call call, EvaluationContext context)
    {
        if (TemporalArithmetic.Is(call)) return TemporalArithmetic.Choose(call);
        if (call.Arguments.Length == 1) return Sign(call.Type);
        if (call.Type.Kind == TypeKind.Decimal)
            return new DecimalArithmetic(call.Arguments[0].Type, call.Arguments[1].Type, call.Type)
                .Choose(call.Function);
        return call.Type.Kind switch
        {
            TypeKind.TinyInt => Integer<sbyte>(call.Function),
            TypeKind.SmallInt => Integer<short>(call.Function),
            TypeKind.Int => Integer<int>(call.Function),
            TypeKind.BigInt => Integer<long>(call.Function),
            TypeKind.Float => Approximate<float>(call.Function),
            _ => Approximate<double>(call.Function),
        };
    }

    private static Kernel Integer<T>(string name)
        where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T> =>
        name switch
        {
            "+" => Binary.Run<T, Add<T>>,
            "-" => Binary.Run<T, Subtract<T>>,
            "*" => Binary.Run<T, Multiply<T>>,
            "/" => IntegerDivision.Quotient<T>,
            _ => IntegerDivision.Remainder<T>,
        };

    private static Kernel Approximate<T>(string name) where T : unmanaged, IFloatingPoint<T> => name switch
    {
        "+" => Binary.Run<T, Add<T>>,
        "-" => Binary.Run<T, Subtract<T>>,
        "*" => Binary.Run<T, Multiply<T>>,
        "/" => Binary.Run<T, Divide<T>>,
        _ => throw new MillraceException(ErrorKind.Bug, $"No kernel computes {name} of approximate numbers."),
    };

    private static Kernel Sign(LogicalType type) => type.Kind switch
    {
        TypeKind.TinyInt => Unary.Run<sbyte, sbyte, Negate<sbyte>>,
        TypeKind.SmallInt => Unary.Run<short, short, Negate<short>>,
        TypeKind.Int or TypeKind.IntervalYearMonth => Unary.Run<int, int, Negate<int>>,
        TypeKind.BigInt or TypeKind.IntervalDayTime => Unary.Run<long, long, Negate<long>>,
        TypeKind.Float => Unary.Run<float, float, Negate<float>>,
        TypeKind.Double => Unary.Run<double, double, Negate<double>>,
        TypeKind.Decimal => Unary.Run<Int128, Int128, Negate<Int128>>,
        _ => throw new MillraceException(ErrorKind.Bug, $"No kernel negates values of type {type}."),
    };
}
