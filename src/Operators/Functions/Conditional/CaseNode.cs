using Millrace.Operators.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Conditional;

/// <summary>
/// CASE: each row takes the value of the first branch whose condition is TRUE. A branch is evaluated for the rows
/// that reach it only.
/// </summary>
/// <param name="conditions">One a branch.</param>
/// <param name="values">One a branch, then ELSE; all of the node's type.</param>
internal sealed class CaseNode(LogicalType type, Node[] conditions, Node[] values) : Node(type)
{
    public override bool IsCheapAndSafe { get; } =
        conditions.All(c => c.IsCheapAndSafe) && values.All(v => v.IsCheapAndSafe);

    public override Operand Evaluate(Frame frame)
    {
        var open = new OpenRows(frame);
        RowMerger? merger = null;
        for (int branch = 0; branch < conditions.Length && open.Count > 0; branch++)
        {
            Operand condition = conditions[branch].Evaluate(open.Frame);
            int taken = open.Take(condition);
            condition.Release();
            if (taken == frame.Count) return open.Finish(values[branch].Evaluate(frame));
            if (taken == 0) continue;
            merger ??= RowMerger.Create(Type, frame.Count);
            open.AddTaken(values[branch], merger);
        }
        if (merger is null) return open.Finish(values[^1].Evaluate(frame));
        if (open.Count > 0) open.AddRest(values[^1], merger);
        return open.Finish(Operand.Of(merger.Build()));
    }
}
