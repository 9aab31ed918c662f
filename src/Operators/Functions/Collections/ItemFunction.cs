using System.Globalization;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Collections;

/// <summary><c>array[index]</c> from 1, and <c>map[key]</c>.</summary>
/// <remarks>
/// An index or key that is not there gives NULL. Where the collection's own type says that its values are
/// never NULL (<c>MAP['a', 1]['b']</c>), Flink gives the default of the type instead: -1, FALSE, an empty
/// text, the day before 1970; NULL for DECIMAL and timestamps. So does this.
/// </remarks>
internal static class ItemFunction
{
    public static FunctionDefinition Definition { get; } = new("ITEM", Bind, (call, _) => Item(call));

    private static Call Bind(CallSite site)
    {
        site.Arity(2);
        LogicalType collection = site.Type(0);
        return collection.Kind switch
        {
            TypeKind.Array => BindArray(site),
            TypeKind.Map => BindMap(site),
            _ => throw site.Refuse("an ARRAY with an INT, or a MAP with a key"),
        };
    }

    private static Call BindArray(CallSite site)
    {
        if (!site.Type(1).IsInteger && site.Type(1).Kind != TypeKind.Null)
            throw site.Refuse("an ARRAY with an INT");
        bool isBelow = site.LiteralText(1) is { } text &&
            long.TryParse(text, CultureInfo.InvariantCulture, out long index) && index < 1;
        if (isBelow || IsNegated(site[1]))
            throw new FunctionException(
                $"An array's elements are counted from 1, so there is none at {site[1]}.");
        return site.CallExactly(
            site.Type(0).Element!.AsNullable(), [site[0], FunctionCatalog.Coerce(site[1], LogicalType.Int)]);
    }

    /// <summary>Whether the index is written as minus a number.</summary>
    private static bool IsNegated(Expr index) =>
        index is Call { Function: "-", Arguments: [Literal { Text: not null }] };

    private static Call BindMap(CallSite site)
    {
        LogicalType key = site.Type(0).Element!;
        LogicalType? common = CommonType.Of(key, site.Type(1));
        bool fits =
            common is not null && (common.Kind == key.Kind || (common.IsCharacter && key.IsCharacter));
        if (!fits) throw site.Refuse($"a key of type {key.AsNullable()}");
        Expr value = key.IsCharacter ? site[1] : FunctionCatalog.Coerce(site[1], key);
        return site.CallExactly(site.Type(0).Value!.AsNullable(), [site[0], value]);
    }

    private static Kernel Item(Call call)
    {
        LogicalType collection = call.Arguments[0].Type;
        bool isArray = collection.Kind == TypeKind.Array;
        LogicalType value = isArray ? collection.Element! : collection.Value!;
        ElementComparer? keys = isArray ? null : ElementComparer.For(collection.Element!);
        return (arguments, count) =>
        {
            (Operand source, Operand wanted) = (arguments[0], arguments[1]);
            ColumnBuilder output = ColumnBuilder.Create(call.Type, count);
            for (int row = 0; row < count; row++)
            {
                int found = source.IsNull(row) ? -1 : Find(source, wanted, keys, row);
                if (found >= 0)
                    output.AppendFrom(((ListColumn)source.Column).Children[isArray ? 0 : 1], found);
                else if (source.IsNull(row) || value.Nullable) output.AppendNull();
                else AppendDefault(output, value.Kind);
            }
            return output.Build();
        };
    }

    /// <summary>The element's row in the children; -1 for none.</summary>
    private static int Find(Operand source, Operand wanted, ElementComparer? keys, int row)
    {
        if (wanted.IsNull(row)) return -1;
        (ListColumn list, int start, int end) = ArrayTypes.Range(source, row);
        if (keys is not null)
            return keys.IndexOf(list.Children[0], start, end, wanted.Column, wanted.Row(row));
        int index = wanted.Value<int>(row);
        return index >= 1 && index <= end - start ? start + index - 1 : -1;
    }

    private static void AppendDefault(ColumnBuilder output, TypeKind kind)
    {
        bool isInstant = kind is TypeKind.Timestamp or TypeKind.TimestampLtz;
        switch (output)
        {
            case FixedColumnBuilder<bool> b: b.Append(false); break;
            case FixedColumnBuilder<sbyte> b when kind == TypeKind.TinyInt: b.Append(-1); break;
            case FixedColumnBuilder<short> b: b.Append(-1); break;
            case FixedColumnBuilder<int> b: b.Append(-1); break;
            case FixedColumnBuilder<long> b when !isInstant: b.Append(-1); break;
            case FixedColumnBuilder<float> b: b.Append(-1); break;
            case FixedColumnBuilder<double> b: b.Append(-1); break;
            case BytesColumnBuilder b when kind is TypeKind.Char or TypeKind.VarChar: b.Append([]); break;
            default: output.AppendNull(); break;
        }
    }
}
