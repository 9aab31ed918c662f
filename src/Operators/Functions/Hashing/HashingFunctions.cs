namespace Millrace.Operators.Functions.Hashing;

/// <summary>Hashes and encodings.</summary>
internal static class HashingFunctions
{
    public static FunctionDefinition[] All { get; } = [.. HashFunctions.All, .. EncodingFunctions.All];
}
