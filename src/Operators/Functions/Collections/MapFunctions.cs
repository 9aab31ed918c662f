using System.Collections.Immutable;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Collections;

/// <summary>Maps taken apart and put together.</summary>
internal static class MapFunctions
{
    public static FunctionDefinition[] All { get; } =
    [
        new("MAP_KEYS", site => BindParts(site, map => map.Element!), (call, _) => Part(call, 0)),
        new("MAP_VALUES", site => BindParts(site, map => map.Value!), (call, _) => Part(call, 1)),
        new("MAP_ENTRIES", site => BindParts(site, Entry), (call, _) => RowKernels.Build(
            ArrayTypes.Builder(call.Type), Entries)),
        new("MAP_FROM_ARRAYS", BindFromArrays, (call, _) => RowKernels.Build(
            count => (ListColumnBuilder)ColumnBuilder.Create(call.Type, count), FromArrays)),
        new("MAP_UNION", BindUnion, (call, _) => Union(call)),
    ];

    private static LogicalType Entry(LogicalType map) =>
        LogicalType.Row(new Field("key", map.Element!), new Field("value", map.Value!));

    private static Call BindParts(CallSite site, Func<LogicalType, LogicalType> element)
    {
        site.Arity(1);
        if (site.Type(0).Kind != TypeKind.Map) throw site.Refuse("a MAP");
        return site.Call(LogicalType.Array(element(site.Type(0))));
    }

    private static Kernel Part(Call call, int child) => RowKernels.Build(
        ArrayTypes.Builder(call.Type), (a, row, output) =>
    {
        (ListColumn list, int start, int end) = ArrayTypes.Range(a[0], row);
        for (int e = start; e < end; e++) output.Children[0].AppendFrom(list.Children[child], e);
        output.EndRow();
    });

    private static void Entries(ReadOnlySpan<Operand> a, int row, ListColumnBuilder output)
    {
        (ListColumn list, int start, int end) = ArrayTypes.Range(a[0], row);
        var rows = (RowColumnBuilder)output.Children[0];
        for (int e = start; e < end; e++)
        {
            rows.Children[0].AppendFrom(list.Children[0], e);
            rows.Children[1].AppendFrom(list.Children[1], e);
            rows.EndRow();
        }
        output.EndRow();
    }

    private static Call BindFromArrays(CallSite site)
    {
        site.Arity(2);
        ImmutableArray<Expr> arrays = [ArrayTypes.Array(site, 0), ArrayTypes.Array(site, 1)];
        return site.Call(LogicalType.Map(arrays[0].Type.Element!, arrays[1].Type.Element!), arrays);
    }

    private static void FromArrays(ReadOnlySpan<Operand> a, int row, ListColumnBuilder output)
    {
        (ListColumn keys, int start, int end) = ArrayTypes.Range(a[0], row);
        (ListColumn values, int valueStart, int valueEnd) = ArrayTypes.Range(a[1], row);
        if (end - start != valueEnd - valueStart)
            throw new MillraceException(
                ErrorKind.Invalid,
                $"MAP_FROM_ARRAYS takes arrays of one length, not of {end - start} and "
                + $"{valueEnd - valueStart}.");
        for (int i = 0; i < end - start; i++)
        {
            output.Children[0].AppendFrom(keys.Children[0], start + i);
            output.Children[1].AppendFrom(values.Children[0], valueStart + i);
        }
        output.EndRow();
    }

    private static Call BindUnion(CallSite site)
    {
        site.Arity(1, int.MaxValue);
        if (site.Arguments.Any(a => a.Type.Kind != TypeKind.Map)) throw site.Refuse("MAPs");
        LogicalType type = CommonType.Of(site.Arguments.Select(a => a.Type))
            ?? throw site.Refuse("MAPs of one type");
        return site.Call(type, [.. site.Arguments.Select(a => FunctionCatalog.Coerce(a, type))]);
    }

    /// <summary>Of equal keys the last map's value counts.</summary>
    private static Kernel Union(Call call)
    {
        ElementComparer comparer = ElementComparer.For(call.Type.Element!);
        return RowKernels.Build(
            count => (ListColumnBuilder)ColumnBuilder.Create(call.Type, count), (a, row, output) =>
        {
            var entries = new List<(ListColumn Map, int Entry)>();
            foreach (Operand map in a)
            {
                (ListColumn list, int start, int end) = ArrayTypes.Range(map, row);
                for (int e = start; e < end; e++)
                {
                    int same = entries.FindIndex(other => comparer.AreEqual(
                        other.Map.Children[0], other.Entry, list.Children[0], e));
                    if (same < 0) entries.Add((list, e));
                    else entries[same] = (list, e);
                }
            }
            foreach ((ListColumn map, int entry) in entries)
                for (int c = 0; c < 2; c++) output.Children[c].AppendFrom(map.Children[c], entry);
            output.EndRow();
        });
    }
}
