using Millrace.Shared.Connect;

namespace Millrace.Sql;

/// <summary>What the planner needs beside the text.</summary>
/// <param name="Connectors">Checks tables and says what they can do.</param>
/// <param name="JobName">The job's name, unless the script sets <c>pipeline.name</c>.</param>
/// <param name="DefaultParallelism">Unless the script sets it; 1 or more.</param>
/// <param name="MaxParallelism">Key groups, unless the script sets them.</param>
/// <param name="QueryConnector">
/// The connector that takes the rows of a query that stands alone; null refuses such queries.
/// </param>
/// <param name="FileName">For the places of errors; null when the text comes from no file.</param>
/// <param name="Folder">
/// Relative places in tables are below it; null leaves them as they are, relative to each process's folder.
/// </param>
public sealed record PlannerOptions(
    IConnectorRegistry Connectors,
    string JobName = "job",
    int DefaultParallelism = 1,
    int MaxParallelism = 128,
    string? QueryConnector = null,
    string? FileName = null,
    string? Folder = null);
