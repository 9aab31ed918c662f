namespace Millrace.Operators.Functions.Conversion;

internal static class ConversionFunctions
{
    public static FunctionDefinition[] All => [];
}
