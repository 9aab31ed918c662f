using Millrace.Shared.Types;

namespace Millrace.Operators.Functions;

/// <summary>
/// The least type that holds the values of several types, as Flink finds it for CASE, COALESCE, IN, VALUES
/// and the columns of UNION: NULL gives way, integers widen, an integer is the DECIMAL of its digits,
/// DECIMALs keep both their integer and their fraction digits, anything with FLOAT or DOUBLE is approximate,
/// CHAR and VARCHAR become the longest of them (CHAR only while all lengths are equal), time types take the
/// greatest precision, ARRAY, MAP and ROW are taken part by part.
/// </summary>
public static class CommonType
{
    /// <summary>
    /// Null where there is none. Nullable where any of the types is; never a time attribute.
    /// </summary>
    public static LogicalType? Of(params IEnumerable<LogicalType> types)
    {
        LogicalType? common = null;
        bool nullable = false;
        foreach (LogicalType type in types)
        {
            nullable |= type.Nullable || type.Kind == TypeKind.Null;
            common = common is null
                ? type.WithoutTimeAttribute() : OfTwo(common, type.WithoutTimeAttribute());
            if (common is null) return null;
        }
        return common?.WithNullable(nullable);
    }

    /// <summary>
    /// The common type by the rules of COALESCE, GREATEST and the comparisons: a TIMESTAMP gives way to a
    /// TIMESTAMP_LTZ, whichever is first, and a DECIMAL to a FLOAT behind it.
    /// </summary>
    public static LogicalType? Merged(IReadOnlyCollection<LogicalType> types)
    {
        bool isNullable = types.Any(t => t.Nullable || t.Kind == TypeKind.Null);
        if (types.First().Kind == TypeKind.Decimal && types.Any(t => t.Kind == TypeKind.Float)
            && types.All(t => t.IsNumeric && t.Kind != TypeKind.Double || t.Kind == TypeKind.Null))
            return LogicalType.Float.WithNullable(isNullable);
        if (!types.Any(t => t.IsTimestamp)) return Of(types);
        return Of(types.OrderByDescending(t => t.Kind));
    }

    private static LogicalType? OfTwo(LogicalType left, LogicalType right)
    {
        if (left.Kind == TypeKind.Null) return right;
        if (right.Kind == TypeKind.Null) return left;
        if (left.IsNumeric && right.IsNumeric) return OfNumbers(left, right);
        if (left.IsCharacter && right.IsCharacter)
            return OfBytes(left, right, TypeKind.Char, TypeKind.VarChar);
        if (left.IsBinary && right.IsBinary) return OfBytes(left, right, TypeKind.Binary, TypeKind.VarBinary);
        if (left.IsTimestamp && right.IsTimestamp) return OfTimestamps(left, right);
        if (left.Kind != right.Kind) return null;
        return left.Kind switch
        {
            TypeKind.Time => left.Precision >= right.Precision ? left : right,
            TypeKind.Array or TypeKind.Map or TypeKind.Multiset => OfCollections(left, right),
            TypeKind.Row => OfRows(left, right),
            _ => left,
        };
    }

    private static LogicalType OfNumbers(LogicalType left, LogicalType right)
    {
        if (left.Kind == TypeKind.Decimal || right.Kind == TypeKind.Decimal)
            return left.IsApproximate || right.IsApproximate ? LogicalType.Double : OfDecimals(left, right);
        return left.Kind >= right.Kind ? left : right;
    }

    private static LogicalType OfDecimals(LogicalType left, LogicalType right)
    {
        (int leftDigits, int leftScale) = DecimalTypes.DigitsOf(left);
        (int rightDigits, int rightScale) = DecimalTypes.DigitsOf(right);
        int scale = System.Math.Max(leftScale, rightScale);
        int whole = System.Math.Max(leftDigits - leftScale, rightDigits - rightScale);
        return DecimalTypes.Capped(whole + scale, scale);
    }

    private static LogicalType OfBytes(
        LogicalType left, LogicalType right, TypeKind fixedKind, TypeKind varying)
    {
        bool isFixed = left.Kind == fixedKind && right.Kind == fixedKind && left.Precision == right.Precision;
        return new LogicalType(isFixed ? fixedKind : varying)
        {
            Precision = System.Math.Max(left.Precision, right.Precision),
        };
    }

    /// <summary>Of a TIMESTAMP and a TIMESTAMP_LTZ the first one wins.</summary>
    private static LogicalType OfTimestamps(LogicalType left, LogicalType right) =>
        left with { Precision = System.Math.Max(left.Precision, right.Precision) };

    private static LogicalType? OfCollections(LogicalType left, LogicalType right)
    {
        LogicalType? element = Of(left.Element!, right.Element!);
        LogicalType? value = left.Value is null ? null : Of(left.Value, right.Value!);
        return element is null || (left.Value is not null && value is null)
            ? null
            : left with { Element = element, Value = value };
    }

    private static LogicalType? OfRows(LogicalType left, LogicalType right)
    {
        if (left.Fields.Length != right.Fields.Length) return null;
        var fields = new Field[left.Fields.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            LogicalType? type = Of(left.Fields[i].Type, right.Fields[i].Type);
            if (type is null) return null;
            fields[i] = new Field(left.Fields[i].Name, type);
        }
        return LogicalType.Row(fields);
    }
}
