using System.Buffers;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Conditional;

/// <summary>
/// CASE: each row takes the value of the first branch whose condition is TRUE. Where no part can fail or
/// costs much, all parts are computed for all rows and blended from the last branch to the first; otherwise a
/// branch is evaluated for the rows that reach it only.
/// </summary>
/// <param name="conditions">One a branch.</param>
/// <param name="values">One a branch, then ELSE; all of the node's type.</param>
internal sealed class CaseNode(LogicalType type, Node[] conditions, Node[] values) : Node(type)
{
    public override bool IsCheapAndSafe { get; } =
        conditions.All(c => c.IsCheapAndSafe) && values.All(v => v.IsCheapAndSafe);

    public override Operand Evaluate(Frame frame) =>
        IsCheapAndSafe && RowBlender.TryCreate(Type, frame.Count) is { } blender
            ? EvaluateAll(frame, blender)
            : EvaluateReached(frame);

    private Operand EvaluateAll(Frame frame, RowBlender blender)
    {
        byte[] truth = ArrayPool<byte>.Shared.Rent(frame.Count);
        Span<byte> holds = truth.AsSpan(0, frame.Count);
        holds.Fill(1);
        blender.Take(holds, values[^1].Evaluate(frame));
        for (int branch = conditions.Length - 1; branch >= 0; branch--)
        {
            Operand condition = conditions[branch].Evaluate(frame);
            Truth.WriteCertain(condition, holds);
            condition.Release();
            blender.Take(holds, values[branch].Evaluate(frame));
        }
        ArrayPool<byte>.Shared.Return(truth);
        return Operand.Of(blender.Build());
    }

    private Operand EvaluateReached(Frame frame)
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
