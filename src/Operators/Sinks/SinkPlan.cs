using Millrace.Shared.Connect;
using Millrace.Shared.Graph;

namespace Millrace.Operators.Sinks;

/// <summary>Writes rows of the table's physical columns.</summary>
/// <param name="NotNullColumns"><c>table.exec.sink.not-null-enforcer</c>.</param>
/// <param name="CommitsAtCheckpoints">
/// What is written takes effect with a checkpoint, so there is one at the end of the job.
/// </param>
public sealed record SinkPlan(
    TableSpec Table, NotNullEnforcer NotNullColumns, bool CommitsAtCheckpoints = false) : OperatorPlan;

/// <summary>What happens to a row with a NULL in a NOT NULL column.</summary>
public enum NotNullEnforcer
{
    /// <summary>Fails the job, naming table and column.</summary>
    Error,

    /// <summary>Leaves the row out and counts it.</summary>
    Drop,
}
