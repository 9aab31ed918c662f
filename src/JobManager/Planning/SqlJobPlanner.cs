using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Planning;

/// <summary>Plans by Millrace.Sql, with the connectors' option checks.</summary>
internal sealed class SqlJobPlanner(IConnectorRegistry? connectors) : IJobPlanner
{
    public JobGraph Plan(string name, SqlJob job) => connectors is null
        ? throw new MillraceException(ErrorKind.Invalid, "This JobManager has no connectors and takes no SQL.")
        : throw new MillraceException(ErrorKind.Invalid, $"Job '{name}': planning is not there yet.");
}
