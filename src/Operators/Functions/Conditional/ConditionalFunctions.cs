namespace Millrace.Operators.Functions.Conditional;

internal static class ConditionalFunctions
{
    public static FunctionDefinition[] All => [];
}
