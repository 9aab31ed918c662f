namespace Millrace.Shared.Hosting;

/// <summary>Says to Akka what <see cref="DowningOptions"/> say.</summary>
internal static class DowningConfig
{
    public static string Of(DowningOptions options) =>
        $$"""
        akka.cluster {
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
