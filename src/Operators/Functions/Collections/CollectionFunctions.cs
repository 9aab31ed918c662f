namespace Millrace.Operators.Functions.Collections;

/// <summary>Functions of arrays, maps, multisets and rows.</summary>
internal static class CollectionFunctions
{
    public static FunctionDefinition[] All { get; } =
    [
        .. ConstructorFunctions.All,
        ItemFunction.Definition,
        .. ArrayEditFunctions.All,
        .. ArraySetFunctions.All,
        .. ArraySearchFunctions.All,
        .. MapFunctions.All,
    ];
}
