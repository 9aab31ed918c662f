using Millrace.Shared.Connect;
using Millrace.Shared.Graph;

namespace Millrace.Operators.Sinks;

/// <summary>Writes rows of the table's physical columns.</summary>
/// <param name="NotNullColumns"><c>table.exec.sink.not-null-enforcer</c>: what a NULL in a NOT NULL column
/// does.</param>
public sealed record SinkPlan(TableSpec Table, NotNullEnforcer NotNullColumns) : OperatorPlan;

public enum NotNullEnforcer
{
    /// <summary>Fails the job, naming table and column.</summary>
    Error,

    /// <summary>Leaves the row out and counts it.</summary>
    Drop,
}
