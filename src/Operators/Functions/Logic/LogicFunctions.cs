namespace Millrace.Operators.Functions.Logic;

internal static class LogicFunctions
{
    public static FunctionDefinition[] All => [];
}
