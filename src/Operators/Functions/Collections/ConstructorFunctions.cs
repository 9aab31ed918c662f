using System.Collections.Immutable;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Collections;

/// <summary>ROW, ARRAY and MAP constructors, and access to fields.</summary>
internal static class ConstructorFunctions
{
    public static FunctionDefinition[] All { get; } =
    [
        new("ROW", BindRow, (_, _) => Row),
        new("FIELD", BindField, (call, _) => Field(call)),
        new("ARRAY", BindArray, (call, _) => Array(call)),
        new("MAP", BindMap, (call, _) => Map(call)),
    ];

    private static Call BindRow(CallSite site)
    {
        site.Arity(1, int.MaxValue);
        var fields = new Field[site.Count];
        for (int i = 0; i < fields.Length; i++)
        {
            string name = i < site.Options.Length ? site.Options[i] : $"EXPR${i}";
            fields[i] = new Field(name, site.Type(i).WithoutTimeAttribute());
        }
        return site.CallExactly(LogicalType.Row(fields).NotNull(), site.Arguments);
    }

    private static RowColumn Row(ReadOnlySpan<Operand> arguments, int count)
    {
        var children = new Column[arguments.Length];
        for (int i = 0; i < children.Length; i++)
            children[i] = arguments[i].IsConstant && count != 1
                ? Constants.Repeat(arguments[i].Column, count)
                : arguments[i].Column.Retain();
        return new RowColumn(children, count);
    }

    private static Call BindField(CallSite site)
    {
        site.Arity(1);
        string name = site.Options.Length == 1 ? site.Options[0] : "";
        Field field = site.Type(0).Fields.FirstOrDefault(f => f.Name == name)
            ?? throw new FunctionException(
                $"{site.Type(0).AsNullable()} has no field {name}" +
                (site.Type(0).Kind == TypeKind.Row ? "." : "; only a ROW has fields."));
        return site.CallExactly(
            field.Type.WithNullable(field.Type.Nullable || site.Type(0).Nullable), site.Arguments);
    }

    /// <summary>The fields of a NULL row are NULL, so the child is the answer.</summary>
    private static Kernel Field(Call call)
    {
        ImmutableArray<Field> fields = call.Arguments[0].Type.Fields;
        int index = Enumerable.Range(0, fields.Length).First(i => fields[i].Name == call.Options[0]);
        return (arguments, _) => ((RowColumn)arguments[0].Column).Children[index].Retain();
    }

    private static Call BindArray(CallSite site)
    {
        if (site.Count == 0)
            throw new FunctionException("ARRAY[..] needs at least one element, for its type.");
        LogicalType element = CommonType.Of(site.Arguments.Select(a => a.Type))
            ?? throw site.Refuse("elements of one type");
        return site.CallExactly(
            LogicalType.Array(element).NotNull(),
            [.. site.Arguments.Select(a => FunctionCatalog.Coerce(a, element))]);
    }

    private static Kernel Array(Call call) => (arguments, count) =>
    {
        ListColumnBuilder output = ArrayTypes.Builder(call.Type)(count);
        for (int row = 0; row < count; row++)
        {
            foreach (Operand element in arguments)
                output.Children[0].AppendFrom(element.Column, element.Row(row));
            output.EndRow();
        }
        return output.Build();
    };

    private static Call BindMap(CallSite site)
    {
        if (site.Count == 0 || site.Count % 2 != 0)
            throw new FunctionException("MAP[..] takes keys and values by turns, at least one pair.");
        LogicalType key = CommonOf(site, 0);
        LogicalType value = CommonOf(site, 1);
        return site.CallExactly(
            LogicalType.Map(key, value).NotNull(),
            [.. site.Arguments.Select((a, i) => FunctionCatalog.Coerce(a, i % 2 == 0 ? key : value))]);
    }

    private static LogicalType CommonOf(CallSite site, int parity) =>
        CommonType.Of(site.Arguments.Where((_, i) => i % 2 == parity).Select(a => a.Type))
        ?? throw site.Refuse(parity == 0 ? "keys of one type" : "values of one type");

    /// <summary>Of equal keys the last one counts, at the place of the first.</summary>
    private static Kernel Map(Call call)
    {
        ElementComparer comparer = ElementComparer.For(call.Type.Element!);
        return (arguments, count) =>
        {
            var output = (ListColumnBuilder)ColumnBuilder.Create(call.Type, count);
            for (int row = 0; row < count; row++)
            {
                for (int k = 0; k < arguments.Length; k += 2)
                {
                    if (IsRepeated(comparer, arguments, k, row)) continue;
                    int last = LastOf(comparer, arguments, k, row);
                    output.Children[0].AppendFrom(arguments[k].Column, arguments[k].Row(row));
                    output.Children[1].AppendFrom(arguments[last + 1].Column, arguments[last + 1].Row(row));
                }
                output.EndRow();
            }
            return output.Build();
        };
    }

    private static bool IsRepeated(
        ElementComparer comparer, ReadOnlySpan<Operand> arguments, int key, int row)
    {
        for (int k = 0; k < key; k += 2)
            if (AreEqual(comparer, arguments[k], arguments[key], row)) return true;
        return false;
    }

    private static int LastOf(ElementComparer comparer, ReadOnlySpan<Operand> arguments, int key, int row)
    {
        int last = key;
        for (int k = key + 2; k < arguments.Length; k += 2)
            if (AreEqual(comparer, arguments[k], arguments[key], row)) last = k;
        return last;
    }

    private static bool AreEqual(ElementComparer comparer, Operand left, Operand right, int row) =>
        comparer.AreEqual(left.Column, left.Row(row), right.Column, right.Row(row));
}
