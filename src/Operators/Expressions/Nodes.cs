using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Expressions;

internal sealed class InputNode(int index, LogicalType type) : Node(type)
{
    public int Index { get; } = index;

    public override bool IsCheapAndSafe => true;

    public override Operand Evaluate(Frame frame) => Operand.Of(frame.Input(Index));
}

/// <param name="value">One row, owned by the node for good.</param>
internal sealed class ConstantNode(Column value, LogicalType type) : Node(type)
{
    public Column Value => value;

    public override bool IsCheapAndSafe => true;

    public override Operand Evaluate(Frame frame) => Operand.Constant(value.Retain());
}

/// <summary>A kernel over the values of its arguments, all of which are always evaluated.</summary>
internal sealed class CallNode(LogicalType type, Node[] arguments, Kernel kernel, bool isCheapAndSafe)
    : Node(type)
{
    public bool IsConstant { get; } = arguments.All(a => a is ConstantNode);

    public override bool IsCheapAndSafe { get; } = isCheapAndSafe && arguments.All(a => a.IsCheapAndSafe);

    public override Operand Evaluate(Frame frame)
    {
        var operands = new Operand[arguments.Length];
        for (int i = 0; i < operands.Length; i++) operands[i] = arguments[i].Evaluate(frame);
        bool isConstant = operands.Length > 0 && operands.All(o => o.IsConstant);
        Column result = kernel(operands, isConstant ? 1 : frame.Count);
        foreach (Operand operand in operands) operand.Release();
        return isConstant ? Operand.Constant(result) : Operand.Of(result);
    }
}
