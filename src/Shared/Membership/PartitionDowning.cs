using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.SBR;
using Akka.Configuration;

namespace Millrace.Shared.Membership;

/// <summary>
/// Decides on members that do not hear each other: <see cref="KeepMajority"/>, or one of the other strategies
/// of Akka's split-brain resolver. Named in the configuration of each node.
/// </summary>
/// <param name="system">Its configuration names the strategy.</param>
public sealed class PartitionDowning(ActorSystem system, Cluster cluster) : IDowningProvider
{
    private const string Section = "akka.cluster.split-brain-resolver";
    private const string Pause = "akka.cluster.failure-detector.acceptable-heartbeat-pause";

    /// <summary>
    /// A leader's term, attempts and leases fence what ran on a removed node; waiting adds nothing.
    /// </summary>
    public TimeSpan DownRemovalMargin => TimeSpan.Zero;

    public Props DowningActorProps
    {
        get
        {
            Config config = system.Settings.Config;
            if (config.GetString($"{Section}.active-strategy") != "keep-majority")
                return new SplitBrainResolverProvider(system, cluster).DowningActorProps;
            TimeSpan stableAfter = config.GetTimeSpan($"{Section}.stable-after");
            TimeSpan memory = config.GetTimeSpan(Pause);
            return Props.Create(() => new PartitionResolver(stableAfter, memory, TimeProvider.System));
        }
    }
}
