using Millrace.Shared.Types;

namespace Millrace.Operators.Functions;

/// <summary>
/// Precision and scale of decimal results: the rules of SQL Server and Hive that Flink follows. Past 38
/// digits the integer part is kept and the scale gives way, down to 6 fraction digits.
/// </summary>
internal static class DecimalTypes
{
    private const int MinAdjustedScale = 6;

    /// <summary>
    /// Digits and fraction digits of an exact number; an integer counts as the DECIMAL that holds its range.
    /// </summary>
    public static (int Precision, int Scale) DigitsOf(LogicalType type) => type.Kind switch
    {
        TypeKind.TinyInt => (3, 0),
        TypeKind.SmallInt => (5, 0),
        TypeKind.Int => (10, 0),
        TypeKind.BigInt => (19, 0),
        _ => (type.Precision, type.Scale),
    };

    public static LogicalType AsDecimal(LogicalType type)
    {
        (int precision, int scale) = DigitsOf(type);
        return LogicalType.Decimal(precision, scale).WithNullable(type.Nullable);
    }

    public static LogicalType Sum(LogicalType left, LogicalType right)
    {
        ((int p1, int s1), (int p2, int s2)) = (DigitsOf(left), DigitsOf(right));
        int scale = System.Math.Max(s1, s2);
        return Adjusted(System.Math.Max(p1 - s1, p2 - s2) + scale + 1, scale);
    }

    public static LogicalType Product(LogicalType left, LogicalType right)
    {
        ((int p1, int s1), (int p2, int s2)) = (DigitsOf(left), DigitsOf(right));
        return Adjusted(p1 + p2 + 1, s1 + s2);
    }

    public static LogicalType Quotient(LogicalType left, LogicalType right)
    {
        ((int p1, int s1), (int p2, int s2)) = (DigitsOf(left), DigitsOf(right));
        int scale = System.Math.Max(MinAdjustedScale, s1 + p2 + 1);
        return Adjusted(p1 - s1 + s2 + scale, scale);
    }

    public static LogicalType Remainder(LogicalType left, LogicalType right)
    {
        ((int p1, int s1), (int p2, int s2)) = (DigitsOf(left), DigitsOf(right));
        int scale = System.Math.Max(s1, s2);
        return Adjusted(System.Math.Min(p1 - s1, p2 - s2) + scale, scale);
    }

    /// <summary>
    /// At most 38 digits, by giving up fraction digits down to <see cref="MinAdjustedScale"/>.
    /// </summary>
    public static LogicalType Adjusted(int precision, int scale)
    {
        if (precision <= LogicalType.MaxDecimalPrecision) return LogicalType.Decimal(precision, scale);
        int whole = precision - scale;
        int least = System.Math.Min(scale, MinAdjustedScale);
        return LogicalType.Decimal(
            LogicalType.MaxDecimalPrecision,
            System.Math.Max(LogicalType.MaxDecimalPrecision - whole, least));
    }

    /// <summary>At most 38 digits, by giving up digits of the integer part.</summary>
    public static LogicalType Capped(int precision, int scale) =>
        LogicalType.Decimal(System.Math.Min(precision, LogicalType.MaxDecimalPrecision), scale);
}
