namespace Millrace.Operators.Functions.Arithmetic;

internal static class ArithmeticFunctions
{
    public static FunctionDefinition[] All => [];
}
