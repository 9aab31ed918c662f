using System.Buffers;
using Millrace.Operators.Expressions;
using Millrace.Operators.Functions.Temporal;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Conversion;

/// <summary>Casts of ARRAY, MAP, MULTISET and ROW, child by child.</summary>
internal static class NestedCasts
{
    public static Kernel List(LogicalType source, LogicalType target, Zone zone, bool isTry)
    {
        Kernel element = CastKernels.Choose(source.Element!, target.Element!, zone, isTry);
        Kernel? value = source.Value is null
            ? null : CastKernels.Choose(source.Value, target.Value!, zone, isTry);
        return (arguments, count) =>
        {
            var list = (ListColumn)arguments[0].Column;
            int[] offsets = ArrayPool<int>.Shared.Rent(count + 1);
            list.Offsets.CopyTo(offsets);
            var children = new Column[list.Children.Length];
            children[0] = Cast(element, list.Children[0]);
            if (children.Length > 1)
                children[1] = value is null ? list.Children[1].Retain() : Cast(value, list.Children[1]);
            return new ListColumn(offsets, children, count, Validity.Copy(list.ValidityWords, count));
        };
    }

    public static Kernel Row(LogicalType source, LogicalType target, Zone zone, bool isTry)
    {
        Kernel[] fields = [.. source.Fields.Zip(
            target.Fields, (from, to) => CastKernels.Choose(from.Type, to.Type, zone, isTry))];
        return (arguments, count) =>
        {
            var rows = (RowColumn)arguments[0].Column;
            var children = new Column[fields.Length];
            for (int f = 0; f < children.Length; f++) children[f] = Cast(fields[f], rows.Children[f]);
            return new RowColumn(children, count, Validity.Copy(rows.ValidityWords, count));
        };
    }

    private static Column Cast(Kernel kernel, Column column) => kernel([Operand.Of(column)], column.Count);
}
