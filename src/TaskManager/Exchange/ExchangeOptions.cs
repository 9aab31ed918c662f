using Millrace.Shared.Errors;
using Millrace.Shared.Hosting;

namespace Millrace.TaskManager.Exchange;

/// <summary>How a process exchanges records with others; docs/exchange.md.</summary>
public sealed record ExchangeOptions
{
    /// <summary>Where the data port listens.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>0: any free one.</summary>
    public int Port { get; init; }

    /// <summary>The host by which others reach the data port; empty: <see cref="Host"/>.</summary>
    public string AdvertisedHost { get; init; } = "";

    /// <summary>Processes of another cluster are refused.</summary>
    public string Cluster { get; init; } = "millrace";

    /// <summary>
    /// The largest frame, sent or taken; a batch beyond it is sent in parts. Larger: wider rows, more
    /// memory a channel.
    /// </summary>
    public int MaxFrameBytes { get; init; } = 64 << 20;

    /// <summary>
    /// Batches a channel may hold at its receiver. More: longer pauses of a reader are bridged, more memory.
    /// </summary>
    public int ChannelBatches { get; init; } = 8;

    /// <summary>
    /// Bytes a channel may hold at its receiver, one frame apart. At least what the network carries in a
    /// round trip, or the channel stalls.
    /// </summary>
    public long ChannelBytes { get; init; } = 1 << 20;

    /// <summary>Mutual TLS between data ports; null: none.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Batches as LZ4 blocks: for a network slower than about 1 GB/s.</summary>
    public bool Compress { get; init; }

    /// <summary>To connect and to greet; a process that is silent longer counts as gone.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a channel waits for its reader before its writer fails. Longer than the subtasks of the
    /// attempt before may take to leave their slot.
    /// </summary>
    public TimeSpan ClaimTimeout { get; init; } = TimeSpan.FromMinutes(5);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <exception cref="MillraceException">Invalid: a value is out of range.</exception>
    public void Validate()
    {
        Require(Port is >= 0 and <= ushort.MaxValue, "port", "0 to 65535");
        Require(MaxFrameBytes is >= 4096 and <= 1 << 30, "largest frame", "4 KiB to 1 GiB");
        Require(ChannelBatches is >= 1 and <= 1024, "batches per channel", "1 to 1024");
        Require(ChannelBytes is >= 4096 and <= 1 << 30, "bytes per channel", "4 KiB to 1 GiB");
        Require(ConnectTimeout > TimeSpan.Zero, "connect timeout", "more than 0");
        Require(ClaimTimeout > TimeSpan.Zero, "claim timeout", "more than 0");
        Require(Cluster.Length is > 0 and <= 100, "cluster name", "of 1 to 100 characters");
        Require(Host.Length is > 0 and <= 255, "host", "a name or address");
    }

    private static void Require(bool holds, string what, string range)
    {
        if (!holds)
            throw new MillraceException(ErrorKind.Invalid, $"The exchange's {what} must be {range}.");
    }
}
