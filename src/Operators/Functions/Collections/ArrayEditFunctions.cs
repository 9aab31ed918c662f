using System.Collections.Immutable;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Collections;

/// <summary>
/// Arrays made from arrays, element order kept; a NULL array gives NULL, NULL elements are elements.
/// </summary>
internal static class ArrayEditFunctions
{
    public static FunctionDefinition[] All { get; } =
    [
        new("ARRAY_APPEND", BindWithValue, (call, _) => Append(call, isFirst: false)),
        new("ARRAY_PREPEND", BindWithValue, (call, _) => Append(call, isFirst: true)),
        new("ARRAY_REMOVE", BindRemove, (call, _) => Remove(call)),
        new("ARRAY_REVERSE", BindSame, (call, _) => RowKernels.Build(ArrayTypes.Builder(call.Type), Reverse)),
        new("ARRAY_SLICE", BindSlice, (call, _) => RowKernels.Build(ArrayTypes.Builder(call.Type), Slice)),
        new("ARRAY_CONCAT", BindConcat, (call, _) => RowKernels.Build(ArrayTypes.Builder(call.Type), Concat)),
    ];

    private static Call BindWithValue(CallSite site)
    {
        site.Arity(2);
        Expr array = ArrayTypes.Array(site, 0);
        LogicalType element = array.Type.Element!;
        Expr value = ArrayTypes.Element(site, 1, element);
        LogicalType result = LogicalType.Array(CommonType.Of(element, value.Type)!);
        return site.Call(result, [array, value]);
    }

    private static Call BindRemove(CallSite site)
    {
        site.Arity(2);
        Expr array = ArrayTypes.Array(site, 0);
        return site.CallExactly(array.Type, [array, ArrayTypes.Element(site, 1, array.Type.Element!)]);
    }

    private static Call BindSame(CallSite site)
    {
        site.Arity(1);
        Expr array = ArrayTypes.Array(site, 0);
        return site.CallExactly(array.Type, [array]);
    }

    private static Call BindSlice(CallSite site)
    {
        site.Arity(2, 3);
        Expr array = ArrayTypes.Array(site, 0);
        CallSite bounds = new(site.Name, site.Arguments[1..], []);
        ImmutableArray<Expr> numbers = Signature.Check(bounds, 1, Parameter.Int, Parameter.Int);
        return site.Call(array.Type, [array, .. numbers]);
    }

    private static Call BindConcat(CallSite site)
    {
        site.Arity(1, int.MaxValue);
        ImmutableArray<Expr> arrays = ArrayTypes.SameArrays(site, out LogicalType element);
        return site.Call(LogicalType.Array(element), arrays);
    }

    private static void AppendRange(ListColumn list, int start, int end, ListColumnBuilder output)
    {
        for (int e = start; e < end; e++) output.Children[0].AppendFrom(list.Children[0], e);
    }

    private static Kernel Append(Call call, bool isFirst) => (arguments, count) =>
    {
        (Operand array, Operand value) = (arguments[0], arguments[1]);
        ListColumnBuilder output = ArrayTypes.Builder(call.Type)(count);
        for (int row = 0; row < count; row++)
        {
            if (array.IsNull(row))
            {
                output.AppendNull();
                continue;
            }
            (ListColumn list, int start, int end) = ArrayTypes.Range(array, row);
            if (isFirst) output.Children[0].AppendFrom(value.Column, value.Row(row));
            AppendRange(list, start, end, output);
            if (!isFirst) output.Children[0].AppendFrom(value.Column, value.Row(row));
            output.EndRow();
        }
        return output.Build();
    };

    private static Kernel Remove(Call call)
    {
        ElementComparer comparer = ElementComparer.For(call.Type.Element!);
        return (arguments, count) =>
        {
            (Operand array, Operand value) = (arguments[0], arguments[1]);
            ListColumnBuilder output = ArrayTypes.Builder(call.Type)(count);
            for (int row = 0; row < count; row++)
            {
                if (array.IsNull(row))
                {
                    output.AppendNull();
                    continue;
                }
                (ListColumn list, int start, int end) = ArrayTypes.Range(array, row);
                for (int e = start; e < end; e++)
                    if (!comparer.AreEqual(list.Children[0], e, value.Column, value.Row(row)))
                        output.Children[0].AppendFrom(list.Children[0], e);
                output.EndRow();
            }
            return output.Build();
        };
    }

    private static void Reverse(ReadOnlySpan<Operand> a, int row, ListColumnBuilder output)
    {
        (ListColumn list, int start, int end) = ArrayTypes.Range(a[0], row);
        for (int e = end - 1; e >= start; e--) output.Children[0].AppendFrom(list.Children[0], e);
        output.EndRow();
    }

    /// <summary>From and to a position, both included; 0 is 1, negative ones count from the end.</summary>
    private static void Slice(ReadOnlySpan<Operand> a, int row, ListColumnBuilder output)
    {
        (ListColumn list, int start, int end) = ArrayTypes.Range(a[0], row);
        int length = end - start;
        int from = Position(a[1].Value<int>(row), length);
        int to = a.Length > 2 ? Position(a[2].Value<int>(row), length) : length;
        AppendRange(list, start + System.Math.Max(from, 1) - 1, start + System.Math.Min(to, length), output);
        output.EndRow();
    }

    private static int Position(int position, int length) =>
        position > 0 ? position : position == 0 ? 1 : length + position + 1;

    private static void Concat(ReadOnlySpan<Operand> a, int row, ListColumnBuilder output)
    {
        foreach (Operand array in a)
        {
            (ListColumn list, int start, int end) = ArrayTypes.Range(array, row);
            AppendRange(list, start, end, output);
        }
        output.EndRow();
    }
}
