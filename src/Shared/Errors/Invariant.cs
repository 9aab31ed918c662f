using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Millrace.Shared.Errors;

/// <summary>Assertions that stay on in release. Never on user input.</summary>
public static class Invariant
{
    /// <summary>Fails the subtask with the text of the condition when it does not hold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check(
        [DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        if (!condition) Fail(text);
    }

    [DoesNotReturn]
    private static void Fail(string text) =>
        throw new MillraceException(ErrorKind.Bug, $"Invariant does not hold: {text}.");
}
