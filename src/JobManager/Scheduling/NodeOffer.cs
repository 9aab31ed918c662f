using System.Globalization;
using Millrace.JobManager.Configuration;

namespace Millrace.JobManager.Scheduling;

/// <summary>What a TaskManager has told of its node.</summary>
/// <param name="Node">host:port.</param>
internal sealed record NodeOffer(string Node, long MemoryBytes, double Cpus)
{
    public string Exchange { get; init; } = "";

    public DateTimeOffset RegisteredAt { get; init; }
}

/// <summary>The least that a node must offer; zero: anything.</summary>
internal readonly record struct NodeNeeds(long MemoryBytes, double Cpus)
{
    /// <summary>
    /// So much of the memory asked for is enough: a machine or container of 4096 MB reports less, since the
    /// kernel keeps some for itself.
    /// </summary>
    private const double EnoughMemory = 0.9;

    public static NodeNeeds OfTaskManager(ResourceOptions options) =>
        new(options.TaskManagerMemoryBytes ?? 0, options.TaskManagerCpu ?? 0);

    public static NodeNeeds OfJobManager(ResourceOptions options) =>
        new(options.JobManagerMemoryBytes ?? 0, options.JobManagerCpu ?? 0);

    public bool IsAnything => MemoryBytes <= 0 && Cpus <= 0;

    public bool AreMetBy(long memoryBytes, double cpus) =>
        memoryBytes >= MemoryBytes * EnoughMemory && cpus >= Cpus;

    /// <summary><c>4 GiB memory and 2 cpus</c>.</summary>
    public override string ToString() => (MemoryBytes > 0, Cpus > 0) switch
    {
        (true, true) => $"{Size(MemoryBytes)} memory and {Cores(Cpus)}",
        (true, false) => $"{Size(MemoryBytes)} memory",
        (false, true) => Cores(Cpus),
        _ => "anything",
    };

    public static string Size(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.##} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.##} MiB");

    public static string Cores(double cpus) =>
        string.Create(CultureInfo.InvariantCulture, $"{cpus:0.##} {(cpus == 1 ? "cpu" : "cpus")}");
}
