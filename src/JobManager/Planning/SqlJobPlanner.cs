using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages;
using Millrace.Sql;

namespace Millrace.JobManager.Planning;

/// <summary>Plans by Millrace.Sql, with the connectors' option checks.</summary>
internal sealed class SqlJobPlanner(IConnectorRegistry connectors) : IJobPlanner
{
    public JobGraph Plan(string name, SqlJob job) =>
        PlanScript(name, job).Graph
        ?? throw new MillraceException(
            ErrorKind.Invalid, $"Job '{name}' does nothing: its SQL has no INSERT INTO.");

    public string Explain(string name, SqlJob job)
    {
        PlannedScript script = PlanScript(name, job);
        IEnumerable<string> plans = script.Explanations;
        if (script.Explanation is { } plan) plans = plans.Append(plan);
        return string.Join("\n", plans);
    }

    private PlannedScript PlanScript(string name, SqlJob job)
    {
        var options = new PlannerOptions(
            connectors,
            name,
            job.Parallelism,
            job.MaxParallelism,
            FileName: job.SourceName.Length == 0 ? null : job.SourceName,
            Folder: job.Folder.Length == 0 ? null : job.Folder);
        try
        {
            return SqlPlanner.Plan(job.Text, options);
        }
        catch (SqlException e)
        {
            throw new MillraceException(ErrorKind.Invalid, e.Render(), e);
        }
    }
}
