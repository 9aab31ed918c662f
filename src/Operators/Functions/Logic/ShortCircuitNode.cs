using System.Buffers;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Logic;

/// <summary>
/// AND or OR of two BOOLEANs. A right side that may fail or is dear is evaluated only for the rows that the
/// left side leaves open; a cheap one for all rows.
/// </summary>
internal sealed class ShortCircuitNode(LogicalType type, Node left, Node right, bool isAnd) : Node(type)
{
    public override bool IsCheapAndSafe { get; } = left.IsCheapAndSafe && right.IsCheapAndSafe;

    public override Operand Evaluate(Frame frame)
    {
        Operand first = left.Evaluate(frame);
        if (first.IsConstant && !first.IsNull(0))
        {
            if (first.Value<bool>(0) != isAnd) return first;
            first.Release();
            return right.Evaluate(frame);
        }
        Operand second = right.IsCheapAndSafe ? right.Evaluate(frame) : EvaluateOpen(frame, first);
        bool isConstant = first.IsConstant && second.IsConstant;
        int count = isConstant ? 1 : frame.Count;
        Column result = isAnd
            ? LogicKernels.And([first, second], count) : LogicKernels.Or([first, second], count);
        first.Release();
        second.Release();
        return isConstant ? Operand.Constant(result) : Operand.Of(result);
    }

    /// <summary>The right side where the left does not decide; elsewhere what the left decided.</summary>
    private Operand EvaluateOpen(Frame frame, Operand first)
    {
        if (first.IsConstant) return right.Evaluate(frame);
        int[] open = ArrayPool<int>.Shared.Rent(frame.Count);
        int[] decided = ArrayPool<int>.Shared.Rent(frame.Count);
        int opened = Selection.Split(first, frame.Count, !isAnd, decided, open, out int closed);
        Operand result = closed == 0
            ? right.Evaluate(frame)
            : Merge(frame, open.AsSpan(0, opened), decided.AsSpan(0, closed));
        ArrayPool<int>.Shared.Return(open);
        ArrayPool<int>.Shared.Return(decided);
        return result;
    }

    private Operand Merge(Frame frame, ReadOnlySpan<int> open, ReadOnlySpan<int> decided)
    {
        RowMerger merger = RowMerger.Create(Type, frame.Count);
        merger.Add(Operand.Constant(FixedColumn<bool>.Constant(!isAnd, 1)), decided);
        if (open.Length > 0)
        {
            Frame rest = frame.Select(open);
            merger.Add(right.Evaluate(rest), open);
            rest.Release();
        }
        return Operand.Of(merger.Build());
    }
}
