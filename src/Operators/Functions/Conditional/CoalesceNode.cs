using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Conditional;

/// <summary>COALESCE: the first value that is not NULL; a later one is evaluated for the rows that need it only.</summary>
/// <param name="values">At least one, all of the node's type.</param>
internal sealed class CoalesceNode(LogicalType type, Node[] values) : Node(type)
{
    public override bool IsCheapAndSafe { get; } = values.All(v => v.IsCheapAndSafe);

    public override Operand Evaluate(Frame frame)
    {
        Operand first = values[0].Evaluate(frame);
        if (values.Length == 1 || !first.Column.MayHaveNulls) return first;
        int[] missing = NullRows(first, frame.Count, out int[] present);
        if (missing.Length == 0) return first;
        RowMerger merger = RowMerger.Create(Type, frame.Count);
        Operand kept = first.IsConstant ? first : Operand.Of(first.Column.Gather(present));
        if (!first.IsConstant) first.Release();
        merger.Add(kept, present);
        Frame rest = frame.Select(missing);
        merger.Add(new CoalesceNode(Type, values[1..]).Evaluate(rest), missing);
        rest.Release();
        return Operand.Of(merger.Build());
    }

    private static int[] NullRows(Operand operand, int count, out int[] present)
    {
        var missing = new List<int>(count);
        var others = new List<int>(count);
        for (int i = 0; i < count; i++) (operand.IsNull(i) ? missing : others).Add(i);
        present = [.. others];
        return [.. missing];
    }
}
