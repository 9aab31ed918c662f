using System.Collections.Immutable;
using System.Text;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>
/// TO_TIMESTAMP_LTZ: of a number of seconds (precision 0) or milliseconds (3, also where it is left out), or
/// of text with a pattern and the zone that it is meant in. NULL outside the years 0 to 9999 and for
/// unreadable text, but without a pattern unreadable text fails.
/// </summary>
internal static class EpochTimes
{
    private const string DefaultPattern = "yyyy-MM-dd HH:mm:ss.SSS";
    private const long MinMs = -62_167_219_200_000;
    private const long MaxMs = 253_402_300_799_999;

    public static Expr Bind(CallSite site)
    {
        site.Arity(1, 3);
        if (site.Type(0).IsCharacter)
        {
            ImmutableArray<Expr> texts =
                Signature.Check(site, 1, Parameter.String, Parameter.String, Parameter.String);
            return site.CallExactly(LogicalType.TimestampLtz(3), texts);
        }
        site.Arity(1, 2);
        if (!site.Type(0).IsNumeric && site.Type(0).Kind != TypeKind.Null)
            throw site.Refuse("a number and a precision, or text");
        if (site.Count == 2 && site.LiteralText(1) is not ("0" or "3"))
            throw new FunctionException(
                $"The precision of {site.Name} is the literal 0 (seconds) or 3 (milliseconds).");
        LogicalType type = site.Type(0);
        Expr number = type.IsInteger || type.Kind == TypeKind.Null
            ? FunctionCatalog.Coerce(site[0], LogicalType.BigInt)
            : type.Kind == TypeKind.Float ? FunctionCatalog.Coerce(site[0], LogicalType.Double) : site[0];
        return site.CallExactly(LogicalType.TimestampLtz(3), site.Arguments.SetItem(0, number));
    }

    public static Kernel Choose(Call call, EvaluationContext context)
    {
        LogicalType type = call.Arguments[0].Type;
        if (type.IsCharacter) return OfText();
        bool isSeconds = call.Arguments.Length == 2 && ((Literal)call.Arguments[1]).Text == "0";
        long factor = isSeconds ? 1000 : 1;
        return type.Kind switch
        {
            TypeKind.Double => (arguments, count) => Map<double>(
                arguments[0], count, value =>
                    System.Math.Abs(value) < 1e15 ? (long)System.Math.Floor(value * factor) : null),
            TypeKind.Decimal => (arguments, count) => Map<Int128>(
                arguments[0], count, value =>
                    Scaled((long)(value / Decimals.PowerOfTen(type.Scale)), factor)),
            _ => (arguments, count) => Map<long>(arguments[0], count, value => Scaled(value, factor)),
        };
    }

    private static long? Scaled(long value, long factor) =>
        value is >= MinMs and <= MaxMs ? value * factor : null;

    private static Kernel OfText()
    {
        var patterns = new PatternCache<StrictDateParser>(p => new StrictDateParser(DatePattern.Parse(p)));
        var zones = new PatternCache<Zone>(Zone.FindOrUtc);
        byte[] defaultPattern = Encoding.ASCII.GetBytes(DefaultPattern);
        return (arguments, count) =>
        {
            var builder = new FixedColumnBuilder<long>(count);
            for (int i = 0; i < count; i++)
            {
                bool isNull = arguments[0].IsNull(i) || (arguments.Length > 1 && arguments[1].IsNull(i))
                    || (arguments.Length > 2 && arguments[2].IsNull(i));
                long ms = 0;
                if (!isNull)
                {
                    ReadOnlySpan<byte> text = arguments[0].Bytes(i);
                    ReadOnlySpan<byte> pattern = arguments.Length > 1
                        ? arguments[1].Bytes(i) : defaultPattern;
                    isNull = !patterns.Of(pattern).TryParse(text, out ms)
                        && !LooseTimestamp.TryParse(text, out ms);
                    if (isNull && arguments.Length == 1)
                        throw new MillraceException(
                            ErrorKind.Invalid,
                            $"TO_TIMESTAMP_LTZ cannot read '{Encoding.UTF8.GetString(text)}'; with a "
                            + "pattern it gives NULL.");
                }
                if (isNull) builder.AppendNull();
                else builder.Append(arguments.Length > 2 ? zones.Of(arguments[2].Bytes(i)).ToUtc(ms) : ms);
            }
            return builder.Build();
        };
    }

    private static Column Map<T>(Operand operand, int count, Func<T, long?> convert) where T : unmanaged
    {
        var builder = new FixedColumnBuilder<long>(count);
        for (int i = 0; i < count; i++)
            if (!operand.IsNull(i) && convert(operand.Value<T>(i)) is { } ms && ms is >= MinMs and <= MaxMs)
                builder.Append(ms);
            else builder.AppendNull();
        return builder.Build();
    }
}
