using Millrace.Shared.Graph;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Planning;

/// <summary>SQL to a job graph.</summary>
internal interface IJobPlanner
{
    /// <exception cref="Shared.Errors.MillraceException">Invalid: the text, a table or an option is wrong;
    /// says where.</exception>
    JobGraph Plan(string name, SqlJob job);

    /// <summary>The plan of the job, and of every EXPLAIN in the text, for people.</summary>
    /// <exception cref="Shared.Errors.MillraceException">As <see cref="Plan"/>.</exception>
    string Explain(string name, SqlJob job);
}
