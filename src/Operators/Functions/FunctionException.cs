namespace Millrace.Operators.Functions;

/// <summary>
/// A call that cannot be bound: the binder adds the place. The message is a sentence that says what is wrong
/// and what to write instead.
/// </summary>
/// <param name="isUnsupported">Valid Flink SQL that Millrace does not know yet.</param>
public sealed class FunctionException(string message, bool isUnsupported = false) : Exception(message)
{
    public bool IsUnsupported { get; } = isUnsupported;
}
