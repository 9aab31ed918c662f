using Millrace.Shared.Membership;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Commands;

/// <summary>The values that an argument may have now, for a client's Tab key.</summary>
internal sealed class Completion(LeaderClient leader, ClusterNodes nodes)
{
    /// <summary>Ids and names of jobs.</summary>
    public const string Jobs = "jobs";

    /// <summary>Nodes of the cluster.</summary>
    public const string Nodes = "nodes";

    private const int MaxValues = 100;

    public async Task<IReadOnlyList<string>> ValuesAsync(
        string source, string prefix, CancellationToken cancel)
    {
        IEnumerable<string> all = source switch
        {
            Jobs => await JobsAsync(cancel).ConfigureAwait(false),
            Nodes => nodes.All.Select(m => NodeNames.Of(m.Address)),
            // A source of a newer description.
            _ => [],
        };
        return [.. all.Where(v => v.StartsWith(prefix, StringComparison.Ordinal)).Distinct().Take(MaxValues)];
    }

    /// <summary>Names first: ids are for those who ask for them by their beginning.</summary>
    private async Task<IEnumerable<string>> JobsAsync(CancellationToken cancel)
    {
        JobList list = await leader.AskAsync<JobList>(new ListJobs(), cancel).ConfigureAwait(false);
        return [.. list.Jobs.Select(j => j.Name), .. list.Jobs.Select(j => j.JobId)];
    }
}
