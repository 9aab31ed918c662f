using System.Collections.Immutable;
using System.Globalization;
using Millrace.Operators.Expressions;
using Millrace.Operators.Functions.Temporal;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Math;

/// <summary>Mathematical functions.</summary>
internal static class MathFunctions
{
    public static FunctionDefinition[] All =>
    [
        Real<RealFunctions.Sqrt>("SQRT"),
        Real<RealFunctions.Ln>("LN"),
        Real<RealFunctions.Log10>("LOG10"),
        Real<RealFunctions.Log2>("LOG2"),
        Real<RealFunctions.Exp>("EXP"),
        Real<RealFunctions.Sin>("SIN"),
        Real<RealFunctions.Cos>("COS"),
        Real<RealFunctions.Tan>("TAN"),
        Real<RealFunctions.Cot>("COT"),
        Real<RealFunctions.Asin>("ASIN"),
        Real<RealFunctions.Acos>("ACOS"),
        Real<RealFunctions.Atan>("ATAN"),
        Real<RealFunctions.Sinh>("SINH"),
        Real<RealFunctions.Cosh>("COSH"),
        Real<RealFunctions.Tanh>("TANH"),
        Real<RealFunctions.Degrees>("DEGREES"),
        Real<RealFunctions.Radians>("RADIANS"),
        Pair<RealFunctions.Power>("POWER") with { Aliases = ["POW"] },
        Pair<RealFunctions.Atan2>("ATAN2"),
        new("LOG", Signature.Of(LogicalType.Double, 1, Parameter.Double, Parameter.Double), (call, _) =>
            call.Arguments.Length == 1
                ? Unary.Run<double, double, RealFunctions.Ln>
                : RunPair<RealFunctions.LogOfBase>) { IsCheapAndSafe = _ => true },
        Constant("PI", System.Math.PI),
        Constant("E", System.Math.E),
        Keeping("ABS", NumberOps.Abs),
        Keeping("SIGN", NumberOps.Sign),
        Whole("FLOOR", isCeil: false),
        Whole("CEIL", isCeil: true) with { Aliases = ["CEILING"] },
        Rounded("ROUND", isRound: true),
        Rounded("TRUNCATE", isRound: false),
        new("BIN", Signature.Of(LogicalType.String, Parameter.BigInt), (_, _) => DigitText.Bin),
        new("HEX", BindHex, (call, _) =>
            call.Arguments[0].Type.Kind == TypeKind.BigInt ? DigitText.HexOfNumber : DigitText.HexOfBytes),
        new("UNHEX", Signature.Nullable(LogicalType.Bytes, 1, Parameter.String), (_, _) => DigitText.Unhex),
        .. RandomFunctions.All,
    ];

    private static FunctionDefinition Real<TOp>(string name) where TOp : struct, IUnaryOp<double, double> =>
        new(name, Signature.Of(LogicalType.Double, Parameter.Double),
            (_, _) => Unary.Run<double, double, TOp>)
        {
            IsCheapAndSafe = _ => true,
        };

    private static FunctionDefinition Pair<TOp>(string name) where TOp : struct, RealFunctions.IPairOp =>
        new(name, Signature.Of(LogicalType.Double, Parameter.Double, Parameter.Double),
            (_, _) => RunPair<TOp>)
        {
            IsCheapAndSafe = _ => true,
        };

    private static FixedColumn<double> RunPair<TOp>(ReadOnlySpan<Operand> arguments, int count)
        where TOp : struct, RealFunctions.IPairOp
    {
        double[] values = FixedColumn<double>.Rent(count);
        (Operand left, Operand right) = (arguments[0], arguments[1]);
        for (int i = 0; i < count; i++) values[i] = TOp.Apply(left.Value<double>(i), right.Value<double>(i));
        return new FixedColumn<double>(values, count, Nulls.OfBoth(left, right, count));
    }

    private static FunctionDefinition Constant(string name, double value) => new(name, site =>
    {
        site.Arity(0);
        return new Literal(value.ToString("R", CultureInfo.InvariantCulture), LogicalType.Double.NotNull());
    });

    private static FunctionDefinition Keeping(string name, Func<LogicalType, Kernel> choose) => new(
        name,
        site =>
        {
            ImmutableArray<Expr> arguments = Signature.Check(site, 1, Parameter.Number);
            return site.Call(arguments[0].Type, arguments);
        },
        (call, _) => choose(call.Type))
    {
        IsCheapAndSafe = _ => true,
    };

    /// <summary>FLOOR and CEIL of a number, or of a time to a unit.</summary>
    private static FunctionDefinition Whole(string name, bool isCeil) => new(
        name,
        site => site.Count == 2 ? UnitRounding.Bind(site) : BindWhole(site),
        (call, context) => call.Arguments.Length == 2
            ? UnitRounding.Choose(call, context, isCeil)
            : isCeil ? NumberOps.Ceil(call.Arguments[0].Type) : NumberOps.Floor(call.Arguments[0].Type))
    {
        IsCheapAndSafe = _ => true,
    };

    private static Call BindWhole(CallSite site)
    {
        ImmutableArray<Expr> arguments = Signature.Check(site, 1, Parameter.Number);
        LogicalType type = arguments[0].Type;
        return site.Call(
            type.Kind == TypeKind.Decimal ? LogicalType.Decimal(type.Precision, 0) : type, arguments);
    }

    private static FunctionDefinition Rounded(string name, bool isRound) => new(
        name,
        site =>
        {
            ImmutableArray<Expr> arguments = Signature.Check(site, 1, Parameter.Number, Parameter.Int);
            if (arguments.Length == 1) arguments = arguments.Add(new Literal("0", LogicalType.Int.NotNull()));
            LogicalType type = arguments[0].Type;
            bool isKnown =
                int.TryParse((arguments[1] as Literal)?.Text, CultureInfo.InvariantCulture, out int digits);
            return site.Call(isKnown ? Rounding.TypeOf(type, digits) : type, arguments);
        },
        (call, _) => Rounding.Choose(call.Arguments[0].Type, call.Type, isRound));

    private static Call BindHex(CallSite site)
    {
        site.Arity(1);
        if (!site.Type(0).IsInteger && !site.Type(0).IsCharacter && !site.Type(0).IsBinary)
            throw site.Refuse("an integer, a string or a binary value");
        Expr argument = site.Type(0).IsInteger
            ? FunctionCatalog.Coerce(site[0], LogicalType.BigInt) : site[0];
        return site.Call(LogicalType.String, [argument]);
    }
}
