using Millrace.Operators.Functions;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;

namespace Millrace.Operators.Expressions;

/// <summary>Turns bound expressions into nodes.</summary>
internal sealed class Compiler(EvaluationContext context)
{
    public EvaluationContext Context { get; } = context;

    public Node Compile(Expr expression) => expression switch
    {
        InputRef input => new InputNode(input.Index, input.Type),
        Literal literal => new ConstantNode(Constants.Of(literal), literal.Type),
        Call call => Fold(FunctionCatalog.Definition(call.Function).Compile(call, this), call),
        _ => throw new MillraceException(ErrorKind.Bug, $"{expression.GetType().Name} is no expression."),
    };

    /// <summary>A node of the kernel over the call's arguments.</summary>
    public Node Node(Call call, Kernel kernel, bool isCheapAndSafe) =>
        new CallNode(call.Type, [.. call.Arguments.Select(Compile)], kernel, isCheapAndSafe);

    /// <summary>
    /// A call of constants is a constant, unless it fails: then only where a row reaches it.
    /// </summary>
    private static Node Fold(Node node, Call call)
    {
        if (node is not CallNode { IsConstant: true }
            || !FunctionCatalog.Definition(call.Function).IsDeterministic)
            return node;
        try
        {
            return new ConstantNode(node.EvaluateColumn(new Frame([], 1)), node.Type);
        }
        catch (MillraceException e) when (e.Kind == ErrorKind.Invalid)
        {
            return node;
        }
    }
}
