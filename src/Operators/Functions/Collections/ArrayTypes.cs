using System.Collections.Immutable;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Collections;

/// <summary>
/// How calls over arrays are typed: values and other arrays must fit the first array's elements.
/// </summary>
internal static class ArrayTypes
{
    /// <summary>Makes a builder of arrays of the call's type.</summary>
    public static Func<int, ListColumnBuilder> Builder(LogicalType type) =>
        count => (ListColumnBuilder)ColumnBuilder.Create(type, count);

    /// <summary>The array of a row and the range of its elements.</summary>
    public static (ListColumn List, int Start, int End) Range(Operand array, int row)
    {
        var list = (ListColumn)array.Column;
        int place = array.Row(row);
        return (list, list.Offsets[place], list.Offsets[place + 1]);
    }

    /// <summary>The argument as an array; a NULL literal as an array of NULLs.</summary>
    public static Expr Array(CallSite site, int index)
    {
        if (site.Type(index).Kind == TypeKind.Array) return site[index];
        if (site.Type(index).Kind != TypeKind.Null) throw site.Refuse("an ARRAY as argument " + (index + 1));
        return FunctionCatalog.Coerce(site[index], LogicalType.Array(LogicalType.String));
    }

    /// <summary>The argument as an element of the array; it must need no wider type.</summary>
    public static Expr Element(CallSite site, int index, LogicalType element)
    {
        LogicalType? common = CommonType.Of(element, site.Type(index));
        if (common is null || !SameButLength(common, element))
            throw site.Refuse($"a value of type {element.AsNullable()} as argument {index + 1}; CAST it");
        return FunctionCatalog.Coerce(site[index], common);
    }

    /// <summary>
    /// All arguments as arrays of the first one's elements; nullable elements where any has them.
    /// </summary>
    public static ImmutableArray<Expr> SameArrays(CallSite site, out LogicalType element)
    {
        ImmutableArray<Expr> arrays = [.. Enumerable.Range(0, site.Count).Select(i => Array(site, i))];
        LogicalType first = arrays[0].Type.Element!;
        LogicalType? common = CommonType.Of(arrays.Select(a => a.Type.Element!));
        if (common is null || !SameButLength(common, first))
            throw site.Refuse($"arrays of the same type, here {first.AsNullable()}; CAST the others");
        element = common;
        LogicalType target = LogicalType.Array(common);
        return [.. arrays.Select(
            a => SameLayout(a.Type.Element!, common) ? a : FunctionCatalog.Coerce(a, target))];
    }

    private static bool SameButLength(LogicalType common, LogicalType element) =>
        common.AsNullable() == element.AsNullable() || (common.IsCharacter && element.IsCharacter)
        || (common.IsBinary && element.IsBinary)
        || (common.Kind == element.Kind && common.Element is not null)
        || (common.Kind == TypeKind.Row && element.Kind == TypeKind.Row);

    private static bool SameLayout(LogicalType a, LogicalType b) => a.AsNullable() == b.AsNullable();
}
