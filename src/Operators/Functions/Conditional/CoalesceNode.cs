using System.Buffers;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Conditional;

/// <summary>
/// COALESCE: the first value that is not NULL. Cheap values are blended from the last to the first; otherwise
/// a later one is evaluated for the rows that need it only.
/// </summary>
/// <param name="values">At least one, all of the node's type.</param>
internal sealed class CoalesceNode(LogicalType type, Node[] values) : Node(type)
{
    private readonly CoalesceNode? _rest = values.Length > 1 ? new CoalesceNode(type, values[1..]) : null;

    public override bool IsCheapAndSafe { get; } = values.All(v => v.IsCheapAndSafe);

    public override Operand Evaluate(Frame frame)
    {
        Operand first = values[0].Evaluate(frame);
        if (_rest is null || !first.Column.MayHaveNulls) return first;
        if (_rest.IsCheapAndSafe && RowBlender.TryCreate(Type, frame.Count) is { } blender)
            return BlendWithRest(frame, first, blender);
        return MergeWithRest(frame, first, _rest);
    }

    private Operand BlendWithRest(Frame frame, Operand first, RowBlender blender)
    {
        byte[] present = ArrayPool<byte>.Shared.Rent(frame.Count);
        Span<byte> holds = present.AsSpan(0, frame.Count);
        holds.Fill(1);
        blender.Take(holds, _rest!.Evaluate(frame));
        WritePresent(first, holds);
        blender.Take(holds, first);
        ArrayPool<byte>.Shared.Return(present);
        return Operand.Of(blender.Build());
    }

    private Operand MergeWithRest(Frame frame, Operand first, CoalesceNode rest)
    {
        byte[] present = ArrayPool<byte>.Shared.Rent(frame.Count);
        WritePresent(first, present.AsSpan(0, frame.Count));
        var missing = new List<int>();
        var kept = new List<int>();
        for (int i = 0; i < frame.Count; i++) (present[i] == 0 ? missing : kept).Add(i);
        ArrayPool<byte>.Shared.Return(present);
        if (missing.Count == 0) return first;
        RowMerger merger = RowMerger.Create(Type, frame.Count);
        int[] keptRows = [.. kept], missingRows = [.. missing];
        merger.Add(first.IsConstant ? first : Gather(first, keptRows), keptRows);
        Frame open = frame.Select(missingRows);
        merger.Add(rest.Evaluate(open), missingRows);
        open.Release();
        return Operand.Of(merger.Build());
    }

    private static Operand Gather(Operand operand, int[] rows)
    {
        Operand gathered = Operand.Of(operand.Column.Gather(rows));
        operand.Release();
        return gathered;
    }

    private static void WritePresent(Operand operand, Span<byte> output)
    {
        ulong[] words = operand.Column.ValidityWords!;
        if (operand.IsConstant) output.Fill((byte)(words[0] & 1));
        else
            for (int i = 0; i < output.Length; i++) output[i] = (byte)((words[i >> 6] >> (i & 63)) & 1);
    }
}
