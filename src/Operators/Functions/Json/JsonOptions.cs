using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;

namespace Millrace.Operators.Functions.Json;

/// <summary>What happens on an empty result or an error.</summary>
internal enum JsonChoice
{
    Null,
    Error,
    Default,
    EmptyArray,
    EmptyObject,
    True,
    False,
    Unknown,
}

/// <summary>The clauses of a call of a JSON function, read from its options.</summary>
/// <param name="Returning">The type's text; null where not written.</param>
/// <param name="Wrapper">The words before WRAPPER; null where not written.</param>
/// <param name="OnEmpty">Null where not written.</param>
/// <param name="OnError">Null where not written.</param>
internal sealed record JsonOptions(
    string? Returning, string? Wrapper, JsonChoice? OnEmpty, JsonChoice? OnError)
{
    public static JsonOptions Of(IEnumerable<string> options)
    {
        var result = new JsonOptions(null, null, null, null);
        foreach (string option in options)
        {
            if (option.StartsWith("RETURNING ", StringComparison.Ordinal))
                result = result with { Returning = option[10..] };
            else if (option.EndsWith(" WRAPPER", StringComparison.Ordinal))
                result = result with { Wrapper = option[..^8] };
            else if (option.EndsWith(" ON EMPTY", StringComparison.Ordinal))
                result = result with { OnEmpty = Choice(option[..^9]) };
            else if (option.EndsWith(" ON ERROR", StringComparison.Ordinal))
                result = result with { OnError = Choice(option[..^9]) };
            else throw new FunctionException($"JSON functions have no clause {option}.");
        }
        return result;
    }

    private static JsonChoice Choice(string words) =>
        Enum.TryParse(words.Replace(" ", "", StringComparison.Ordinal), true, out JsonChoice choice)
            ? choice
            : throw new FunctionException($"JSON functions have no behaviour {words}.");

    /// <summary>The failure that ERROR ON EMPTY and ERROR ON ERROR ask for.</summary>
    public static MillraceException Failure(string function, string path, bool isEmpty) => new(
        ErrorKind.Invalid,
        isEmpty
            ? $"{function} found nothing at '{path}', and ERROR ON EMPTY is set."
            : $"{function} failed at '{path}', and ERROR ON ERROR is set.");
}
