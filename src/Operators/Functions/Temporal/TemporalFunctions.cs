namespace Millrace.Operators.Functions.Temporal;

internal static class TemporalFunctions
{
    public static FunctionDefinition[] All => [];
}
