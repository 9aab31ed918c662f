using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Expressions;

/// <summary>A compiled expression. Stateless between calls; one thread at a time.</summary>
internal abstract class Node(LogicalType type)
{
    public LogicalType Type { get; } = type;

    /// <summary>
    /// Whether it may be evaluated on rows that the expression around it does not need: it never fails and
    /// costs little, so computing every row beats picking rows.
    /// </summary>
    public abstract bool IsCheapAndSafe { get; }

    /// <summary>The values for the frame's rows; the caller releases the operand.</summary>
    public abstract Operand Evaluate(Frame frame);

    /// <summary>The values as a column of the frame's row count, which the caller owns.</summary>
    public Column EvaluateColumn(Frame frame)
    {
        Operand operand = Evaluate(frame);
        if (!operand.IsConstant) return operand.Column;
        Column repeated = Constants.Repeat(operand.Column, frame.Count);
        operand.Release();
        return repeated;
    }
}
