namespace Millrace.Run.Events;

/// <summary>
/// Input that <c>./run</c> refuses; the message names file, line and reason and is shown as it is.
/// </summary>
internal sealed class BadInputException(string message, Exception? inner = null) : Exception(message, inner);
