using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Conversion;

/// <summary>How casts are typed: which exist, and what their nullability is.</summary>
internal static class Casts
{
    public const string Cast = "CAST";
    public const string TryCast = "TRY_CAST";

    public static Expr Bind(Expr expression, LogicalType target, bool isTry)
    {
        LogicalType source = expression.Type;
        if (source.IsCharacter && target.IsTimestamp && target.Precision > 6)
            throw new FunctionException(
                $"CAST of text to {target.AsNullable()} is not supported yet: 64 bits of nanoseconds hold "
                + "the years 1677 to "
                + $"2262 only. Use a precision of 6.",
                isUnsupported: true);
        if (Refusal(source, target) is { } refusal) throw new FunctionException(refusal);
        LogicalType type = target.WithNullable(isTry || source.Nullable).WithoutTimeAttribute();
        return type == source ? expression : new Call(isTry ? TryCast : Cast, [expression], type);
    }

    public static Expr Coerce(Expr expression, LogicalType type)
    {
        LogicalType target = type.WithNullable(expression.Type.Nullable).WithoutTimeAttribute();
        if (expression.Type.WithoutTimeAttribute() == target) return expression;
        if (expression is Literal { Text: null }) return new Literal(null, target.AsNullable());
        return Bind(expression, target, false);
    }

    /// <summary>Why the cast does not exist, or null where it does.</summary>
    private static string? Refusal(LogicalType source, LogicalType target)
    {
        if (Exists(source, target)) return null;
        if (source.IsTimestamp && target.IsNumeric)
            return $"There is no cast from {source.AsNullable()} to {target.AsNullable()}: use "
                + "UNIX_TIMESTAMP(CAST(ts AS STRING)).";
        if (source.IsNumeric && target.IsTimestamp)
            return $"There is no cast from {source.AsNullable()} to {target.AsNullable()}: use "
                + "TO_TIMESTAMP_LTZ(value, precision).";
        return $"There is no cast from {source.AsNullable()} to {target.AsNullable()}.";
    }

    private static bool Exists(LogicalType source, LogicalType target)
    {
        if (source.Kind == TypeKind.Null) return true;
        if (target.IsCharacter) return source.Kind is not TypeKind.Symbol;
        return target.Kind switch
        {
            TypeKind.Boolean => source.Kind == TypeKind.Boolean || source.IsCharacter || source.IsNumeric,
            >= TypeKind.TinyInt and <= TypeKind.Decimal =>
                source.IsNumeric || source.IsCharacter || source.Kind == TypeKind.Boolean,
            TypeKind.Binary or TypeKind.VarBinary => source.IsBinary || source.IsCharacter,
            TypeKind.Date => source.IsCharacter || source.Kind == TypeKind.Date || source.IsTimestamp,
            TypeKind.Time => source.IsCharacter || source.Kind == TypeKind.Time || source.IsTimestamp,
            TypeKind.Timestamp or TypeKind.TimestampLtz =>
                source.IsCharacter || source.Kind is TypeKind.Date or TypeKind.Time || source.IsTimestamp,
            TypeKind.IntervalYearMonth or TypeKind.IntervalDayTime => source.Kind == target.Kind,
            TypeKind.Array or TypeKind.Multiset =>
                source.Kind == target.Kind && Exists(source.Element!, target.Element!),
            TypeKind.Map => source.Kind == target.Kind && Exists(source.Element!, target.Element!)
                && Exists(source.Value!, target.Value!),
            TypeKind.Row => source.Kind == target.Kind && source.Fields.Length == target.Fields.Length
                && source.Fields.Zip(target.Fields).All(p => Exists(p.First.Type, p.Second.Type)),
            _ => false,
        };
    }
}
