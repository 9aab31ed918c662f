namespace Millrace.Shared.Hosting;

/// <summary>Says to Akka what <see cref="DowningOptions"/> say.</summary>
internal static class DowningConfig
{
    private const int HeartbeatMilliseconds = 500;

    /// <summary>
    /// Up to this size of a cluster everyone watches everyone, so that who does not hear whom is known in
    /// full.
    /// </summary>
    private const int Watchers = 50;

    /// <summary>
    /// The failure detector is one with a fixed deadline: Akka's usual one learns from pauses and overload, and
    /// then takes more than twice as long to notice a silent node. A node is heard of at most one heartbeat
    /// before it falls silent and one after it speaks again.
    /// </summary>
    public static string Of(DowningOptions options) =>
        $$"""
        akka.cluster {
          failure-detector {
            implementation-class = "Akka.Remote.DeadlineFailureDetector, Akka.Remote"
            heartbeat-interval = {{HeartbeatMilliseconds}}ms
            expected-response-after = {{HeartbeatMilliseconds}}ms
            monitored-by-nr-of-members = {{Watchers}}
            acceptable-heartbeat-pause = {{options.AcceptablePause.TotalMilliseconds + HeartbeatMilliseconds:0}}ms
          }
          downing-provider-class = "Millrace.Shared.Membership.PartitionDowning, Millrace.Shared"
          split-brain-resolver {
            active-strategy = {{NameOf(options.Strategy)}}
            stable-after = {{options.StableAfter.TotalMilliseconds:0}}ms
            # Many losses in a row must not end in nobody.
            down-all-when-unstable = off
            static-quorum.quorum-size = {{options.QuorumSize}}
            keep-oldest.down-if-alone = on
          }
        }
        """;

    private static string NameOf(DowningStrategy strategy) => strategy switch
    {
        DowningStrategy.StaticQuorum => "static-quorum",
        DowningStrategy.KeepOldest => "keep-oldest",
        _ => "keep-majority",
    };
}
