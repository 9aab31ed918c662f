using System.Globalization;

namespace Millrace.Cluster.Tests.Results;

/// <summary>Whose a TCP connection of this machine is, as Linux shows it below <c>/proc</c>.</summary>
internal static class TcpPorts
{
    private const int LocalAddress = 1, Inode = 9;

    /// <returns>Those of the processes that have a socket with one of the local ports.</returns>
    public static IReadOnlyList<int> Owners(IReadOnlyList<int> pids, HashSet<string> ports)
    {
        HashSet<string> sockets =
        [
            .. ((string[])["/proc/net/tcp", "/proc/net/tcp6"]).Where(File.Exists)
                .SelectMany(table => File.ReadLines(table).Skip(1))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => ports.Contains(Port(fields[LocalAddress])))
                .Select(fields => $"socket:[{fields[Inode]}]"),
        ];
        return [.. pids.Where(pid => HasOne(pid, sockets))];
    }

    /// <summary>Of <c>0100007F:1F90</c>.</summary>
    private static string Port(string address) =>
        int.Parse(address.Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            .ToString(CultureInfo.InvariantCulture);

    private static bool HasOne(int pid, HashSet<string> sockets)
    {
        try
        {
            return Directory.GetFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"))
                .Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return false;
        }
    }
}
