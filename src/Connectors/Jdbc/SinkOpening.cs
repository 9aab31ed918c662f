namespace Millrace.Connectors.Jdbc;

/// <summary>How a session of a sink begins.</summary>
/// <param name="Fence">Null: the table's <c>sink.fencing</c> is off.</param>
/// <param name="IsFirst">
/// The attempt has not written yet: its first flush takes its subtasks over. Else it connects again, and only
/// looks whether they are still its own.
/// </param>
/// <param name="Cancel">Ends waits for the database; then they fail in any way.</param>
internal sealed record SinkOpening(Fence? Fence, bool IsFirst, CancellationToken Cancel);
