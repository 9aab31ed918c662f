namespace Millrace.Operators.Functions.Comparison;

internal static class ComparisonFunctions
{
    public static FunctionDefinition[] All => [];
}
