using System.Globalization;

namespace Millrace.Shared.Hosting;

/// <summary>
/// What this machine, or the container that the process is in, has: the least of its memory and the limits of
/// its control groups. The runtime's own figure is no measure, since in a container it keeps a quarter back.
/// </summary>
public static class MachineResources
{
    private const string Total = "MemTotal:";
    private const string MemInfo = "/proc/meminfo";
    private static readonly string[] Limits =
        ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];

    public static long MemoryBytes { get; } = MemoryOf(ReadOrEmpty(MemInfo), [.. Limits.Select(ReadOrEmpty)])
        ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Limits of a container included.</summary>
    public static int Cpus => Environment.ProcessorCount;

    /// <param name="memInfo">The text of /proc/meminfo.</param>
    /// <param name="limits">The texts of the control group's limits; empty or <c>max</c>: none.</param>
    /// <returns>Null where nothing is said.</returns>
    internal static long? MemoryOf(string memInfo, IEnumerable<string> limits)
    {
        string total = memInfo.Split('\n')
            .FirstOrDefault(l => l.StartsWith(Total, StringComparison.Ordinal)) ?? Total;
        string kilobytes = total[Total.Length..].Replace("kB", "", StringComparison.Ordinal);
        return limits.Select(Number).Append(Number(kilobytes) * 1024).Where(n => n > 0).Min();
    }

    private static long? Number(string text) =>
        long.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;

    private static string ReadOrEmpty(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
