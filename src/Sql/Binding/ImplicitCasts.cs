using Millrace.Shared.Types;

namespace Millrace.Sql.Binding;

/// <summary>The casts that a sink makes by itself: those that widen, and between the time types.</summary>
internal static class ImplicitCasts
{
    public static bool Allow(LogicalType from, LogicalType to)
    {
        if (from.Kind == TypeKind.Null) return true;
        return to.Kind switch
        {
            TypeKind.Char or TypeKind.VarChar => from.IsCharacter,
            TypeKind.Binary or TypeKind.VarBinary => from.IsBinary,
            TypeKind.SmallInt or TypeKind.Int or TypeKind.BigInt => from.IsInteger && from.Kind <= to.Kind,
            TypeKind.Decimal or TypeKind.Double => from.IsNumeric,
            TypeKind.Float => from.IsNumeric && from.Kind != TypeKind.Double,
            TypeKind.Date or TypeKind.Time => from.Kind == to.Kind || from.Kind == TypeKind.Timestamp,
            TypeKind.Timestamp or TypeKind.TimestampLtz => from.IsTimestamp,
            TypeKind.Array or TypeKind.Multiset => from.Kind == to.Kind && Allow(from.Element!, to.Element!),
            TypeKind.Map =>
                from.Kind == to.Kind && Allow(from.Element!, to.Element!) && Allow(from.Value!, to.Value!),
            TypeKind.Row => from.Kind == to.Kind && from.Fields.Length == to.Fields.Length
                && from.Fields.Zip(to.Fields).All(p => Allow(p.First.Type, p.Second.Type)),
            _ => from.Kind == to.Kind,
        };
    }
}
