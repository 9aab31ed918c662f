using Millrace.Operators.Expressions;
using Millrace.Operators.Functions.Temporal;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Conversion;

/// <summary>Chooses the kernel of a cast by source and target.</summary>
internal static class CastKernels
{
    /// <param name="zone">Of TIMESTAMP_LTZ values.</param>
    /// <param name="isTry">A value that cannot be cast is NULL instead of a failure.</param>
    public static Kernel Choose(LogicalType source, LogicalType target, Zone zone, bool isTry)
    {
        if (source.Kind == TypeKind.Null) return (_, count) => Constants.Nulls(target, count);
        if (IsSameValue(source, target)) return Same;
        if (target.IsCharacter) return ToText.Choose(source, target, zone);
        if (source.IsCharacter) return FromText.Choose(target, zone, isTry);
        return target.Kind switch
        {
            TypeKind.Boolean => NumericCasts.ToBoolean(source),
            >= TypeKind.TinyInt and <= TypeKind.Decimal => NumericCasts.Choose(source, target),
            TypeKind.Binary or TypeKind.VarBinary => ToText.Resize(target),
            TypeKind.Date or TypeKind.Time or TypeKind.Timestamp or TypeKind.TimestampLtz =>
                TemporalCasts.Choose(source, target, zone),
            TypeKind.Array or TypeKind.Map or TypeKind.Multiset =>
                NestedCasts.List(source, target, zone, isTry),
            TypeKind.Row => NestedCasts.Row(source, target, zone, isTry),
            _ => throw new MillraceException(ErrorKind.Bug, $"No kernel casts {source} to {target}."),
        };
    }

    /// <summary>
    /// Whether values of the source lie as those of the target do, so that a cast changes nothing.
    /// </summary>
    public static bool IsSameValue(LogicalType source, LogicalType target)
    {
        if (source.AsNullable().WithoutTimeAttribute() == target.AsNullable().WithoutTimeAttribute())
            return true;
        if (target.Kind == TypeKind.VarChar)
            return source.IsCharacter && source.Precision <= target.Precision;
        if (target.Kind == TypeKind.VarBinary) return source.IsBinary && source.Precision <= target.Precision;
        if (target.Kind == TypeKind.Time)
            return source.Kind == TypeKind.Time && source.Precision <= target.Precision;
        return source.Kind == target.Kind && target.IsTimestamp
            && source.UnitsPerSecond == target.UnitsPerSecond
            && source.Precision <= target.Precision;
    }

    private static Column Same(ReadOnlySpan<Operand> arguments, int count) => arguments[0].Column.Retain();
}
