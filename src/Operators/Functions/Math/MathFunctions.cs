namespace Millrace.Operators.Functions.Math;

internal static class MathFunctions
{
    public static FunctionDefinition[] All => [];
}
