using Akka.Cluster;
using Millrace.Shared.Hosting;

namespace Millrace.Shared.Membership;

/// <summary>
/// Of two nodes that lost sight of each other one goes on, and both find the same one: the JobManager, since a
/// TaskManager alone does nothing; of two alike the one that became a member first.
/// </summary>
internal static class TwoNodes
{
    /// <summary>Whether the first goes on without the second.</summary>
    public static bool Keeps(Member self, Member peer) => Keeps(
        self.HasRole(NodeOptions.JobManagerRole),
        peer.HasRole(NodeOptions.JobManagerRole),
        self.IsOlderThan(peer));

    public static bool Keeps(bool isJobManager, bool isPeerJobManager, bool isOlder) =>
        isJobManager == isPeerJobManager ? isOlder : isJobManager;
}
