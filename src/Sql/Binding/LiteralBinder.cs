using System.Globalization;
using System.Numerics;
using Millrace.Shared.Types;
using Ast = Millrace.Sql.Syntax;
using Literal = Millrace.Shared.Expressions.Literal;

namespace Millrace.Sql.Binding;

/// <summary>Constants as written to typed literals with canonical text.</summary>
internal static class LiteralBinder
{
    public static Literal Bind(Ast.Literal literal) => literal switch
    {
        Ast.NullLiteral => new Literal(null, LogicalType.Null),
        Ast.BooleanLiteral { Value: null } => new Literal(null, LogicalType.Boolean),
        Ast.BooleanLiteral { Value: { } value } =>
            new Literal(value ? "true" : "false", LogicalType.Boolean.NotNull()),
        Ast.NumberLiteral number => Number(number, false),
        Ast.StringLiteral text => new Literal(text.Value, LogicalType.Char(text.Value.Length).NotNull()),
        Ast.BinaryLiteral binary => new Literal(
            binary.Hex.ToUpperInvariant(), LogicalType.Binary(binary.Hex.Length / 2).NotNull()),
        Ast.DateTimeLiteral time => DateTimeLiterals.Bind(time),
        Ast.IntervalLiteral interval => Interval(interval),
        _ => throw new SqlException(
            SqlErrorKind.Unsupported, "This literal is not supported yet.", literal.Span),
    };

    public static Literal Int(int value) =>
        new(value.ToString(CultureInfo.InvariantCulture), LogicalType.Int.NotNull());

    public static Literal BigInt(long value) =>
        new(value.ToString(CultureInfo.InvariantCulture), LogicalType.BigInt.NotNull());

    public static Literal Symbol(string word) => new(word, LogicalType.Symbol);

    public static Literal Number(Ast.NumberLiteral number, bool isNegative)
    {
        string sign = isNegative ? "-" : "";
        if (number.IsApproximate) return new Literal(sign + number.Text, LogicalType.Double.NotNull());
        if (!number.IsInteger) return Decimal(number, sign);
        BigInteger value =
            BigInteger.Parse(sign + number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string text = value.ToString(CultureInfo.InvariantCulture);
        if (value >= int.MinValue && value <= int.MaxValue)
            return new Literal(text, LogicalType.Int.NotNull());
        if (value >= long.MinValue && value <= long.MaxValue)
            return new Literal(text, LogicalType.BigInt.NotNull());
        throw new SqlException(
            SqlErrorKind.Invalid,
            $"The number {text} is out of range: a whole number has 64 bits; write CAST('{number.Text}' AS "
            + "DECIMAL(p, s)).",
            number.Span);
    }

    private static Literal Decimal(Ast.NumberLiteral number, string sign)
    {
        int point = number.Text.IndexOf('.', StringComparison.Ordinal);
        string whole = number.Text[..point];
        string fraction = number.Text[(point + 1)..];
        string text =
            $"{sign}{(whole.Length == 0 ? "0" : whole)}{(fraction.Length == 0 ? "" : "." + fraction)}";
        // As Flink counts: every digit that was written, leading zeros too.
        int precision = whole.Length + fraction.Length;
        if (BigInteger.Parse(sign + "0" + whole + fraction, CultureInfo.InvariantCulture) is var unscaled
            && (unscaled > long.MaxValue || unscaled < long.MinValue))
            throw new SqlException(
                SqlErrorKind.Invalid,
                $"The number {number.Text} is out of range: its digits must fit into 64 bits; write "
                + $"CAST('{number.Text}' AS DECIMAL(p, s)).",
                number.Span);
        return Sized(text, precision, fraction.Length, number);
    }

    private static Literal Sized(string text, int precision, int scale, Ast.NumberLiteral number) =>
        precision <= LogicalType.MaxDecimalPrecision
            ? new Literal(text, LogicalType.Decimal(precision, scale).NotNull())
            : throw new SqlException(
                SqlErrorKind.Invalid, $"The number {number.Text} has more than 38 digits.", number.Span);

    private static Literal Interval(Ast.IntervalLiteral literal)
    {
        bool isMonths = Catalog.TypeNames.IsMonths(literal.Qualifier.Start);
        long value = IntervalText.Parse(literal);
        return new Literal(
            value.ToString(CultureInfo.InvariantCulture),
            (isMonths ? LogicalType.IntervalYearMonth : LogicalType.IntervalDayTime).NotNull());
    }
}
