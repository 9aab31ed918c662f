using System.Collections.Immutable;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Collections;

/// <summary>Looking into arrays: sizes, positions, extremes, order, texts.</summary>
internal static class ArraySearchFunctions
{
    public static FunctionDefinition[] All { get; } =
    [
        new("CARDINALITY", BindCardinality, (call, _) => Cardinality(call.Arguments[0].Type)),
        new("ELEMENT", BindElement, (call, _) => Element(call)),
        new("ARRAY_CONTAINS", BindContains, (call, _) => Contains(call)),
        new("ARRAY_POSITION", BindPosition, (call, _) => Position(call)),
        new("ARRAY_MAX", BindExtreme, (call, _) => Extreme(call, 1)),
        new("ARRAY_MIN", BindExtreme, (call, _) => Extreme(call, -1)),
        new("ARRAY_SORT", BindSort, (call, _) => Sort(call)),
        new("ARRAY_JOIN", BindJoin, (_, _) => RowKernels.Text(Join)),
    ];

    private static Call BindCardinality(CallSite site)
    {
        site.Arity(1);
        if (site.Type(0).Kind is not (TypeKind.Array or TypeKind.Map or TypeKind.Multiset))
            throw site.Refuse("an ARRAY, a MAP or a MULTISET");
        return site.Call(LogicalType.Int);
    }

    /// <summary>A multiset has as many elements as its counts add up to.</summary>
    private static Kernel Cardinality(LogicalType type) => RowKernels.Value<int>((a, row) =>
    {
        (ListColumn list, int start, int end) = ArrayTypes.Range(a[0], row);
        if (type.Kind != TypeKind.Multiset) return end - start;
        int sum = 0;
        for (int e = start; e < end; e++) sum += ((FixedColumn<int>)list.Children[1])[e];
        return sum;
    });

    private static Call BindElement(CallSite site)
    {
        site.Arity(1);
        Expr array = ArrayTypes.Array(site, 0);
        LogicalType element = array.Type.Element!;
        return site.CallExactly(element.WithNullable(element.Nullable || array.Type.Nullable), [array]);
    }

    private static Kernel Element(Call call) => RowKernels.Build(
        count => ColumnBuilder.Create(call.Type, count), (a, row, output) =>
    {
        (ListColumn list, int start, int end) = ArrayTypes.Range(a[0], row);
        if (end - start > 1)
            throw new MillraceException(
                ErrorKind.Invalid, $"ELEMENT takes an array of one element, not of {end - start}.");
        output.AppendFrom(list.Children[0], start == end ? -1 : start);
    });

    private static Call BindContains(CallSite site)
    {
        site.Arity(2);
        Expr array = ArrayTypes.Array(site, 0);
        Expr value = ArrayTypes.Element(site, 1, array.Type.Element!);
        return site.CallExactly(LogicalType.Boolean.WithNullable(array.Type.Nullable), [array, value]);
    }

    /// <summary>NULL is looked for like a value.</summary>
    private static Kernel Contains(Call call)
    {
        ElementComparer comparer = ElementComparer.For(call.Arguments[0].Type.Element!);
        return (arguments, count) =>
        {
            (Operand array, Operand value) = (arguments[0], arguments[1]);
            var output = new FixedColumnBuilder<bool>(count);
            for (int row = 0; row < count; row++)
            {
                if (array.IsNull(row))
                {
                    output.AppendNull();
                    continue;
                }
                (ListColumn list, int start, int end) = ArrayTypes.Range(array, row);
                output.Append(
                    comparer.IndexOf(list.Children[0], start, end, value.Column, value.Row(row)) >= 0);
            }
            return output.Build();
        };
    }

    private static Call BindPosition(CallSite site)
    {
        site.Arity(2);
        Expr array = ArrayTypes.Array(site, 0);
        return site.Call(LogicalType.Int, [array, ArrayTypes.Element(site, 1, array.Type.Element!)]);
    }

    /// <summary>From 1; 0 for none; NULL is not found, it gives NULL.</summary>
    private static Kernel Position(Call call)
    {
        ElementComparer comparer = ElementComparer.For(call.Arguments[0].Type.Element!);
        return RowKernels.Value<int>((a, row) =>
        {
            (ListColumn list, int start, int end) = ArrayTypes.Range(a[0], row);
            int found = comparer.IndexOf(list.Children[0], start, end, a[1].Column, a[1].Row(row));
            return found < 0 ? 0 : found - start + 1;
        });
    }

    private static Call BindExtreme(CallSite site)
    {
        site.Arity(1);
        Expr array = ArrayTypes.Array(site, 0);
        CheckOrdered(site, array.Type.Element!);
        return site.CallExactly(array.Type.Element!.AsNullable(), [array]);
    }

    private static void CheckOrdered(CallSite site, LogicalType element)
    {
        if (element.Kind is TypeKind.Boolean or TypeKind.Array or TypeKind.Map or TypeKind.Multiset
            or TypeKind.Row)
            throw new FunctionException(
                $"{site.Name} does not order elements of type {element.AsNullable()}.");
    }

    /// <summary>NULL elements do not count; NULL where there is no other.</summary>
    private static Kernel Extreme(Call call, int sign)
    {
        ElementComparer comparer = ElementComparer.For(call.Type);
        return RowKernels.Build(count => ColumnBuilder.Create(call.Type, count), (a, row, output) =>
        {
            (ListColumn list, int start, int end) = ArrayTypes.Range(a[0], row);
            int best = -1;
            for (int e = start; e < end; e++)
            {
                if (list.Children[0].IsNull(e)) continue;
                if (best < 0 || comparer.Compare(list.Children[0], e, list.Children[0], best) * sign > 0)
                    best = e;
            }
            output.AppendFrom(list.Children[0], best);
        });
    }

    private static Call BindSort(CallSite site)
    {
        site.Arity(1, 3);
        Expr array = ArrayTypes.Array(site, 0);
        CheckOrdered(site, array.Type.Element!);
        if (site.Count == 1) return site.CallExactly(array.Type, [array]);
        CallSite choices = new(site.Name, site.Arguments[1..], []);
        ImmutableArray<Expr> truths = Signature.Check(choices, 1, Parameter.Boolean, Parameter.Boolean);
        return site.Call(array.Type, [array, .. truths]);
    }

    /// <summary>
    /// Upwards unless told otherwise; NULLs stand first upwards and last downwards, unless told otherwise.
    /// </summary>
    private static Kernel Sort(Call call)
    {
        ElementComparer comparer = ElementComparer.For(call.Type.Element!);
        return RowKernels.Build(ArrayTypes.Builder(call.Type), (a, row, output) =>
        {
            bool ascends = a.Length < 2 || a[1].Value<bool>(row);
            bool nullsFirst = a.Length < 3 ? ascends : a[2].Value<bool>(row);
            (ListColumn list, int start, int end) = ArrayTypes.Range(a[0], row);
            Column elements = list.Children[0];
            int[] order = [.. Enumerable.Range(start, end - start)];
            Array.Sort(order, (x, y) =>
            {
                bool isXNull = elements.IsNull(x);
                if (isXNull || elements.IsNull(y))
                    return isXNull == elements.IsNull(y) ? x.CompareTo(y) : isXNull == nullsFirst ? -1 : 1;
                int compared = comparer.Compare(elements, x, elements, y);
                return compared == 0 ? x.CompareTo(y) : ascends ? compared : -compared;
            });
            foreach (int e in order) output.Children[0].AppendFrom(elements, e);
            output.EndRow();
        });
    }

    private static Call BindJoin(CallSite site)
    {
        site.Arity(2, 3);
        Expr array = ArrayTypes.Array(site, 0);
        if (!array.Type.Element!.IsCharacter) throw site.Refuse("(ARRAY<STRING>, STRING, STRING)");
        CallSite texts = new(site.Name, site.Arguments[1..], []);
        ImmutableArray<Expr> rest = Signature.Check(texts, 1, Parameter.String, Parameter.String);
        return site.Call(LogicalType.String, [array, .. rest]);
    }

    /// <summary>NULL elements are left out, or replaced by the third argument.</summary>
    private static void Join(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
    {
        (ListColumn list, int start, int end) = ArrayTypes.Range(a[0], row);
        var elements = (BytesColumn)list.Children[0];
        var text = new TextBuffer();
        bool isFirst = true;
        for (int e = start; e < end; e++)
        {
            if (elements.IsNull(e) && a.Length < 3) continue;
            if (!isFirst) text.Append(a[1].Bytes(row));
            isFirst = false;
            text.Append(elements.IsNull(e) ? a[2].Bytes(row) : elements[e]);
        }
        output.Append(text.Written);
    }
}
