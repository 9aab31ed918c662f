using Millrace.Shared.Errors;

namespace Millrace.Operators.Functions.Strings;

/// <summary>What keeps one value from filling the memory.</summary>
internal static class StringLimits
{
    /// <summary>The longest text that REPEAT, LPAD and RPAD make: 64 MB.</summary>
    public const int MaxResultBytes = 64 << 20;

    /// <summary>The size, if it is allowed.</summary>
    /// <exception cref="MillraceException">Invalid: it is larger than <see
    /// cref="MaxResultBytes"/>.</exception>
    public static int Check(string function, long sizeBytes) => sizeBytes <= MaxResultBytes
        ? (int)sizeBytes
        : throw new MillraceException(
            ErrorKind.Invalid,
            $"{function} would make a text of {sizeBytes} bytes; at most {MaxResultBytes} are allowed.");
}
