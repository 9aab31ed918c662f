using System.Collections.Immutable;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Collections;

/// <summary>
/// Arrays as sets: duplicates fall away, the order of first occurrence stays, NULL is a value.
/// </summary>
internal static class ArraySetFunctions
{
    /// <summary>Appends the elements of one row.</summary>
    private delegate void Combine(
        ReadOnlySpan<Operand> arguments, int row, ElementSet seen, ListColumnBuilder output);

    public static FunctionDefinition[] All { get; } =
    [
        Function("ARRAY_DISTINCT", 1, Union),
        Function("ARRAY_UNION", 2, Union),
        Function("ARRAY_EXCEPT", 2, Except),
        new("ARRAY_INTERSECT", site => Bind(site, 2), (call, _) => Intersect(call)),
    ];

    private static FunctionDefinition Function(string name, int arrays, Combine combine) =>
        new(name, site => Bind(site, arrays), (call, _) =>
        {
            var seen = new ElementSet(ElementComparer.For(call.Type.Element!));
            return RowKernels.Build(ArrayTypes.Builder(call.Type), (a, row, output) =>
            {
                seen.Clear();
                combine(a, row, seen, output);
                output.EndRow();
            });
        });

    private static Call Bind(CallSite site, int arrays)
    {
        site.Arity(arrays);
        ImmutableArray<Expr> arguments = ArrayTypes.SameArrays(site, out LogicalType element);
        return site.Call(LogicalType.Array(element), arguments);
    }

    private static void Union(ReadOnlySpan<Operand> a, int row, ElementSet seen, ListColumnBuilder output)
    {
        foreach (Operand array in a) AppendNew(array, row, seen, output);
    }

    private static void AppendNew(Operand array, int row, ElementSet seen, ListColumnBuilder output)
    {
        (ListColumn list, int start, int end) = ArrayTypes.Range(array, row);
        for (int e = start; e < end; e++)
            if (seen.Add(list.Children[0], e)) output.Children[0].AppendFrom(list.Children[0], e);
    }

    private static void Except(ReadOnlySpan<Operand> a, int row, ElementSet seen, ListColumnBuilder output)
    {
        seen.AddAll((ListColumn)a[1].Column, a[1].Row(row));
        AppendNew(a[0], row, seen, output);
    }

    private static Kernel Intersect(Call call)
    {
        ElementComparer comparer = ElementComparer.For(call.Type.Element!);
        var (others, given) = (new ElementSet(comparer), new ElementSet(comparer));
        return RowKernels.Build(ArrayTypes.Builder(call.Type), (a, row, output) =>
        {
            others.Clear();
            given.Clear();
            others.AddAll((ListColumn)a[1].Column, a[1].Row(row));
            (ListColumn list, int start, int end) = ArrayTypes.Range(a[0], row);
            for (int e = start; e < end; e++)
                if (others.Contains(list.Children[0], e) && given.Add(list.Children[0], e))
                    output.Children[0].AppendFrom(list.Children[0], e);
            output.EndRow();
        });
    }
}
