using System.Diagnostics.CodeAnalysis;
using Millrace.Shared.Errors;

namespace Millrace.Operators.Expressions;

/// <summary>Values that a function fails on: the job's data is wrong, and would be wrong again.</summary>
internal static class Failure
{
    [DoesNotReturn]
    public static void Throw(string sentence) => throw Of(sentence);

    public static MillraceException Of(string sentence) => new(ErrorKind.Invalid, sentence);

    [DoesNotReturn]
    public static void DivisionByZero(string dividend) =>
        Throw($"Division by zero: {dividend} cannot be divided by 0.");
}
