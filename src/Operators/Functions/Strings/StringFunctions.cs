namespace Millrace.Operators.Functions.Strings;

/// <summary>
/// The functions of text. They work on UTF-8 bytes and count code points; only case mapping beyond ASCII and
/// regular expressions go through UTF-16.
/// </summary>
internal static class StringFunctions
{
    public static FunctionDefinition[] All { get; } =
    [
        .. ConcatFunctions.All,
        .. SubstringFunctions.All,
        .. TrimFunctions.All,
        .. SearchFunctions.All,
        .. EditFunctions.All,
        .. LikeFunctions.All,
        .. RegexpFunctions.All,
        .. SplitFunctions.All,
        .. UrlFunctions.All,
    ];
}
