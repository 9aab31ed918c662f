using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Sql.Planning;

/// <summary>
/// Casts that give different values for different arguments, always: a key that passes through one is still a
/// key.
/// </summary>
internal static class InjectiveCasts
{
    /// <summary>Digits of a whole number that a DOUBLE, or a FLOAT, holds exactly.</summary>
    private const int DoubleDigits = 15;
    private const int FloatDigits = 7;

    /// <summary>The column whose values the expression gives, cast or not; -1 where there is none.</summary>
    public static int SourceColumn(Expr expression) => expression switch
    {
        InputRef column => column.Index,
        Call { Function: "CAST", Arguments: [var argument] } cast when Keeps(argument.Type, cast.Type) =>
            SourceColumn(argument),
        _ => -1,
    };

    private static bool Keeps(LogicalType from, LogicalType to) => to.Kind switch
    {
        TypeKind.TinyInt or TypeKind.SmallInt or TypeKind.Int or TypeKind.BigInt =>
            from.IsInteger && from.Kind <= to.Kind,
        TypeKind.Decimal => WholeDigits(from) <= to.Precision - to.Scale
            && (from.Kind != TypeKind.Decimal || from.Scale <= to.Scale),
        TypeKind.Double => from.Kind is TypeKind.Double or TypeKind.Float
            || (from.IsInteger && WholeDigits(from) <= DoubleDigits),
        TypeKind.Float => from.Kind == TypeKind.Float || (from.IsInteger && WholeDigits(from) <= FloatDigits),
        TypeKind.VarChar => from.Kind == TypeKind.VarChar && from.Precision <= to.Precision,
        TypeKind.VarBinary => from.Kind == TypeKind.VarBinary && from.Precision <= to.Precision,
        TypeKind.Timestamp => from.Kind == TypeKind.Date
            || (from.Kind == TypeKind.Timestamp && from.Precision <= to.Precision),
        TypeKind.TimestampLtz => from.Kind == TypeKind.TimestampLtz && from.Precision <= to.Precision,
        _ => from.AsNullable() == to.AsNullable(),
    };

    /// <summary>Digits before the point that values may have; many for what is no number.</summary>
    private static int WholeDigits(LogicalType type) => type.Kind switch
    {
        TypeKind.TinyInt => 3,
        TypeKind.SmallInt => 5,
        TypeKind.Int => 10,
        TypeKind.BigInt => 19,
        TypeKind.Decimal => type.Precision - type.Scale,
        _ => int.MaxValue,
    };
}
