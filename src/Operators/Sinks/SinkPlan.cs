using Millrace.Shared.Connect;
using Millrace.Shared.Graph;

namespace Millrace.Operators.Sinks;

/// <summary>Writes rows of the table's physical columns.</summary>
/// <param name="NotNullColumns"><c>table.exec.sink.not-null-enforcer</c>.</param>
public sealed record SinkPlan(TableSpec Table, NotNullEnforcer NotNullColumns) : OperatorPlan;

/// <summary>What happens to a row with a NULL in a NOT NULL column.</summary>
public enum NotNullEnforcer
{
    /// <summary>Fails the job, naming table and column.</summary>
    Error,

    /// <summary>Leaves the row out and counts it.</summary>
    Drop,
}
