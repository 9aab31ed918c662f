namespace Millrace.Operators.Functions.Json;

/// <summary>
/// The JSON functions. JSON texts are read as Flink 2.3 reads them: numbers keep their digits, of equal names
/// the last one counts, members are written by name, what follows the first value is not looked at.
/// </summary>
internal static class JsonFunctions
{
    public static FunctionDefinition[] All { get; } =
    [
        JsonValueFunction.Definition,
        JsonQueryFunction.Definition,
        .. JsonTestFunctions.All,
        .. JsonConstructors.All,
        .. JsonQuoting.All,
    ];
}
