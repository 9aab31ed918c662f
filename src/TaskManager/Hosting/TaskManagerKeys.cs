using Millrace.Shared.Configuration;
using Millrace.Shared.Hosting;
using Millrace.TaskManager.Exchange;

namespace Millrace.TaskManager.Hosting;

/// <summary>What can be configured of the program <c>taskmanager</c>.</summary>
internal static class TaskManagerKeys
{
    public const string Program = NodeOptions.TaskManagerRole;
    private const int MaxSlots = 1024;
    private const int MaxChannelBatches = 1024;

    public static readonly ConfigKey Slots = new(
        "slots", "4",
        "Subtasks of so many indexes run here at a time; a slot runs one subtask of each operator. A slot "
        + "a core is a good start.");

    public static readonly ConfigKey Memory = new(
        "memory", "", "What the node offers to jobs (4gb); not set: what the machine has. Told, not "
        + "enforced.");

    public static readonly ConfigKey Cpus = new(
        "cpus", "", "What the node offers to jobs; not set: what the machine has. Told, not enforced.");

    public static readonly ConfigKey DataPort = new(
        "exchange.port", "0", "Where records of other TaskManagers come in, on node.host; 0: any free port.");

    public static readonly ConfigKey Compression = new(
        "exchange.compression", "none",
        "none, or lz4: records between processes take less of the network and more of the processor. For a "
        + "network slower than about 500 MB/s.");

    public static readonly ConfigKey ChannelBatches = new(
        "exchange.channel_batches", "8",
        "Batches that a channel may hold at its receiver. More: longer pauses of a reader are bridged, "
        + "more memory.");

    public static readonly ConfigKey ChannelBytes = new(
        "exchange.channel_bytes", "1mb",
        "Bytes that a channel may hold at its receiver; at least what the network carries in a round trip.");

    public static readonly ConfigKey MaxFrame = new(
        "exchange.max_frame", "64mb", "The largest frame, sent or taken. Larger: wider rows, more memory a "
        + "channel.");

    public static readonly ConfigKey ConnectTimeout = new(
        "exchange.connect_timeout", "5s", "To connect and to greet; a process that is silent longer counts "
        + "as gone.");

    public static readonly ConfigKey ClaimTimeout = new(
        "exchange.claim_timeout", "60s", "How long a channel waits for its reader before its writer fails.");

    public static ConfigTable All { get; } = new(
    [
        .. NodeKeys.Cluster, .. NodeKeys.Node,
        Slots, Memory, Cpus,
        DataPort, Compression, ChannelBatches, ChannelBytes, MaxFrame, ConnectTimeout, ClaimTimeout,
        .. NodeKeys.Tls, .. NodeKeys.Log,
    ]);

    public static ExchangeOptions Exchange(ConfigValues values) => new()
    {
        Host = values[NodeKeys.Host].Text,
        Port = values[DataPort].Port(),
        AdvertisedHost = values[NodeKeys.AdvertisedHost].Text,
        Cluster = values[NodeKeys.ClusterName].Text,
        Tls = NodeKeys.Options(values, Program).Tls,
        Compress = values[Compression].OneOf("none", "lz4") == "lz4",
        ChannelBatches = values[ChannelBatches].Int(1, MaxChannelBatches),
        ChannelBytes = values[ChannelBytes].Bytes(),
        MaxFrameBytes = (int)Math.Min(values[MaxFrame].Bytes(), int.MaxValue),
        ConnectTimeout = values[ConnectTimeout].Duration(),
        ClaimTimeout = values[ClaimTimeout].Duration(),
    };

    public static TaskManagerOptions Options(ConfigValues values)
    {
        var machine = new TaskManagerOptions();
        return machine with
        {
            Slots = values[Slots].Int(1, MaxSlots),
            MemoryBytes = values[Memory].IsSet ? values[Memory].Bytes() : machine.MemoryBytes,
            Cpus = values[Cpus].IsSet ? values[Cpus].Int(1) : machine.Cpus,
        };
    }
}
