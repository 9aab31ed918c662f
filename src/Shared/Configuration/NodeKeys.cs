using Millrace.Shared.Hosting;

namespace Millrace.Shared.Configuration;

/// <summary>The keys that both programs know.</summary>
public static class NodeKeys
{
    private static readonly TimeSpan ShortestAcceptablePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestStableAfter = TimeSpan.FromMilliseconds(500);

    public static readonly ConfigKey ClusterName = new(
        "cluster.name", "millrace", "Nodes of another name are refused.");

    public static readonly ConfigKey Seeds = new(
        "cluster.seeds", "",
        "Remoting addresses (host:port, …) by which the node finds the cluster; one live one is enough. "
        + "The first of them, and a JobManager without any, may form a new cluster when its data folder is "
        + "empty.");

    public static readonly ConfigKey Host = new(
        "node.host", "127.0.0.1",
        "The address that all ports of the node bind to. Loopback keeps the node to its machine; 0.0.0.0 "
        + "binds all and needs node.advertised_host.");

    public static readonly ConfigKey AdvertisedHost = new(
        "node.advertised_host", "",
        "How other nodes reach this one; not set: node.host.");

    public static readonly ConfigKey Port = new(
        "node.port", "0",
        "The remoting port, by which nodes talk to each other; 0: any free one. Seeds need a fixed one.");

    public static readonly ConfigKey DataFolder = new(
        "node.data_folder", "",
        "What the node remembers between two starts: the members that it has seen, its cluster's id, and its "
        + "process.json. Not set: ./data/PROGRAM. Every node needs one of its own.");

    public static readonly ConfigKey AkkaFile = new(
        "node.akka_file", "",
        "A HOCON file whose settings win over the shipped ones. For experts: nothing checks them.");

    public static readonly ConfigKey AcceptablePause = new(
        "cluster.acceptable_pause", "3s",
        "A node that does not answer for so long is unreachable: the failure detector's margin. At least "
        + "1s.");

    public static readonly ConfigKey Downing = new(
        "cluster.downing", "keep-majority",
        "Who goes on when nodes fall silent: keep-majority (right for any number of nodes; of two the "
        + "JobManager), static-quorum (cluster.quorum_size), or keep-oldest.");

    public static readonly ConfigKey QuorumSize = new(
        "cluster.quorum_size", "", "Of static-quorum: more than half of the nodes that the cluster has.");

    public static readonly ConfigKey StableAfter = new(
        "cluster.stable_after", "1s",
        "So long the same nodes must have been unreachable before they are removed. Longer: fewer wrong "
        + "guesses while a network comes and goes. At least 500ms.");

    public static readonly ConfigKey TlsCertificate = new(
        "tls.certificate_file", "",
        "A PKCS 12 file with the node's certificate and key: all traffic between nodes is mutual TLS. All "
        + "nodes of a cluster set it, or none.");

    public static readonly ConfigKey TlsPasswordFile = new(
        "tls.password_file", "", "A file whose first line is the certificate's password.");

    public static readonly ConfigKey TlsPasswordVariable = new(
        "tls.password_variable", "", "The environment variable that holds it instead.");

    public static readonly ConfigKey TlsThumbprints = new(
        "tls.thumbprints", "",
        "SHA-1 thumbprints of the certificates that are accepted, separated by commas; not set: only the "
        + "node's own, which all nodes then share.");

    public static readonly ConfigKey LogLevel = new(
        "log.level", "information", "trace, debug, information, warning or error. Lines go to stdout.");

    public static readonly ConfigKey LogFormat = new(
        "log.format", "line", "line or json: one event a line, times in UTC.");

    /// <summary>Those of membership; the programs put their own between these and the rest.</summary>
    public static IReadOnlyList<ConfigKey> Cluster { get; } =
        [ClusterName, Seeds, AcceptablePause, StableAfter, Downing, QuorumSize];

    public static IReadOnlyList<ConfigKey> Tls { get; } =
        [TlsCertificate, TlsPasswordFile, TlsPasswordVariable, TlsThumbprints];

    public static IReadOnlyList<ConfigKey> Node { get; } =
        [Host, AdvertisedHost, Port, DataFolder, AkkaFile];

    public static IReadOnlyList<ConfigKey> Log { get; } = [LogLevel, LogFormat];

    /// <summary>The actor system's options as they are configured.</summary>
    public static NodeOptions Options(ConfigValues values, string role) => new()
    {
        Roles = [role],
        ClusterName = values[ClusterName].IsSet
            ? values[ClusterName].Text
            : throw values[ClusterName].Wrong("a name that all nodes of the cluster share"),
        Host = HostOf(values),
        AdvertisedHost = values[AdvertisedHost].IsSet ? values[AdvertisedHost].Text : null,
        JoinsBySelf = true,
        Port = values[Port].Port(),
        Seeds = values[Seeds].Addresses(),
        DataFolder = Folder(values, role),
        Downing = DowningOf(values),
        Tls = TlsOf(values),
        Overrides = values.FileText(AkkaFile),
    };

    /// <summary>What binds all addresses is none that another node could reach.</summary>
    private static string HostOf(ConfigValues values)
    {
        ConfigValue host = values[Host];
        bool isReachable = values[AdvertisedHost].IsSet || host.Text is not ("" or "0.0.0.0" or "::");
        return isReachable
            ? host.Text
            : throw host.Wrong("an address of this machine, or set node.advertised_host too");
    }

    /// <summary>Absolute; made where it is missing.</summary>
    /// <exception cref="Errors.MillraceException">Invalid: it cannot be made.</exception>
    public static string Folder(ConfigValues values, string program)
    {
        ConfigValue folder = values[DataFolder];
        string path = folder.IsSet ? folder.Text : Path.Combine("data", program);
        try
        {
            return Directory.CreateDirectory(path).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw folder.Refused(
                $"'{DataFolder.Name}' is {path}, a folder that cannot be made: {e.Message}");
        }
    }

    private static DowningOptions DowningOf(ConfigValues values)
    {
        string word = values[Downing].OneOf("keep-majority", "static-quorum", "keep-oldest");
        DowningStrategy strategy = word switch
        {
            "keep-majority" => DowningStrategy.KeepMajority,
            "static-quorum" => DowningStrategy.StaticQuorum,
            _ => DowningStrategy.KeepOldest,
        };
        return new DowningOptions
        {
            Strategy = strategy,
            QuorumSize = strategy == DowningStrategy.StaticQuorum ? Quorum(values) : 0,
            AcceptablePause = values[AcceptablePause].Duration(
                ShortestAcceptablePause, "since heartbeats come every 500 ms and are late now and then"),
            StableAfter = values[StableAfter].Duration(
                ShortestStableAfter, "since nodes tell each other every 200 ms whom they do not hear"),
        };
    }

    private static int Quorum(ConfigValues values) => values[QuorumSize].IsSet
        ? values[QuorumSize].Int(1)
        : throw values[Downing].Refused(
            $"'{Downing.Name}' is '{values[Downing].Shown}' and needs '{QuorumSize.Name}' too: set it to more "
            + "than half of the nodes that the cluster has.");

    private static TlsOptions? TlsOf(ConfigValues values) => !values[TlsCertificate].IsSet
        ? null
        : new TlsOptions
        {
            CertificateFile = values[TlsCertificate].Text,
            PasswordFile = values[TlsPasswordFile].IsSet ? values[TlsPasswordFile].Text : null,
            PasswordVariable = values[TlsPasswordVariable].IsSet ? values[TlsPasswordVariable].Text : null,
            Thumbprints = values[TlsThumbprints].List(),
        };
}
