using Millrace.Operators.Functions.Temporal;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Comparison;

/// <summary>
/// Which types compare, and as what: numbers with numbers, text with text, a time type with text (which is
/// cast to it), TIMESTAMP with TIMESTAMP_LTZ in the session zone. Numbers never compare with text, nor dates
/// with timestamps. Ours beside Flink: a TINYINT compares with a BOOLEAN as 1 and 0, as MySQL stores it.
/// </summary>
internal static class ComparisonTypes
{
    /// <summary>The type that both sides are cast to, or null where they do not compare.</summary>
    public static LogicalType? Of(LogicalType left, LogicalType right)
    {
        if (left.Kind == TypeKind.TinyInt && right.Kind == TypeKind.Boolean) return left;
        if (right.Kind == TypeKind.TinyInt && left.Kind == TypeKind.Boolean) return right;
        if (left.Kind == TypeKind.Decimal && right.IsApproximate) return LogicalType.Double;
        if (right.Kind == TypeKind.Decimal && left.IsApproximate) return LogicalType.Double;
        if (TimeUnits.IsTime(left) && right.IsCharacter) return left;
        if (TimeUnits.IsTime(right) && left.IsCharacter) return right;
        if (left.IsCharacter && right.IsCharacter) return LogicalType.String;
        if (left.IsBinary && right.IsBinary) return LogicalType.Bytes;
        return CommonType.Merged([left, right]);
    }

    /// <summary>Whether <paramref name="type"/> has an order, not only equality.</summary>
    public static bool IsOrdered(LogicalType type) =>
        type.Kind is not (TypeKind.Array or TypeKind.Map or TypeKind.Multiset or TypeKind.Row);

    /// <summary>The expression as the compared type; text of any length compares as it lies.</summary>
    /// <param name="isEquality">
    /// Text that is no such time equals none, but cannot be ordered beside one: that fails.
    /// </param>
    public static Expr Coerce(Expr expression, LogicalType type, bool isEquality = false)
    {
        if ((expression.Type.IsCharacter && type.IsCharacter) || (expression.Type.IsBinary && type.IsBinary))
            return expression;
        return isEquality && expression.Type.IsCharacter && TimeUnits.IsTime(type)
            ? FunctionCatalog.Cast(expression, type, isTry: true)
            : FunctionCatalog.Coerce(expression, type);
    }
}
