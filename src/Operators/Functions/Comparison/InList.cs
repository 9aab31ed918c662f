using Millrace.Operators.Expressions;
using Millrace.Operators.Functions.Logic;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Comparison;

/// <summary>
/// <c>x IN (a, b)</c>: x = a OR x = b. A list of constants is looked up in a set of its encoded values once
/// it is long; otherwise it is compared item by item.
/// </summary>
internal static class InList
{
    private const int LongList = 8;

    public static Expr Bind(CallSite site)
    {
        site.Arity(2, int.MaxValue);
        LogicalType type = site.Type(0);
        foreach (Expr item in site.Arguments.Skip(1))
            type = ComparisonTypes.Of(type, item.Type) ?? throw new FunctionException(
                $"{site.Type(0).AsNullable()} IN a list with {item.Type.AsNullable()}: they cannot be "
                + "compared, CAST one of them.");
        return site.Call(
            LogicalType.Boolean, [.. site.Arguments.Select(a => ComparisonTypes.Coerce(a, type))]);
    }

    public static Node Compile(Call call, Compiler compiler)
    {
        Node value = compiler.Compile(call.Arguments[0]);
        Node[] items = [.. call.Arguments.Skip(1).Select(compiler.Compile)];
        LogicalType type = ComparisonTypes.Of(call.Arguments[0].Type, call.Arguments[1].Type)!;
        if (items.Length > LongList && items.All(i => i is ConstantNode))
            return new CallNode(call.Type, [value], InSet(items.Cast<ConstantNode>(), type), true);
        Kernel equal = ComparisonKernels.Choose(Relation.Equal, type);
        Node? chain = null;
        foreach (Node item in items)
        {
            var test = new CallNode(call.Type, [value, item], equal, true);
            chain = chain is null ? test : new ShortCircuitNode(call.Type, chain, test, isAnd: false);
        }
        return chain!;
    }

    private static Kernel InSet(IEnumerable<ConstantNode> items, LogicalType type)
    {
        var set = new ValueSet(type);
        bool hasNull = false;
        foreach (ConstantNode item in items)
            if (item.Value.IsNull(0)) hasNull = true;
            else set.Add(item.Value, 0);
        return (arguments, count) =>
        {
            Column column = arguments[0].Column;
            bool[] values = FixedColumn<bool>.Rent(count);
            ulong[]? validity = Validity.Copy(column.ValidityWords, count);
            for (int i = 0; i < count; i++)
            {
                values[i] = !column.IsNull(i) && set.Contains(column, i);
                if (!hasNull || values[i]) continue;
                validity ??= Validity.Rent(count);
                Validity.SetNull(validity, i);
            }
            return Truth.Column(values, count, validity);
        };
    }
}
