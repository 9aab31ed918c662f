using System.Globalization;

namespace Millrace.Cluster.Tests.Results;

/// <summary>Whose a TCP connection of this machine is, as Linux shows it below <c>/proc</c>.</summary>
internal static class TcpPorts
{
    private const int LocalAddress = 1, State = 3, Inode = 9;
    private const string Established = "01", CloseWait = "08", Listen = "0A";

    /// <returns>Those of the processes that have a socket with one of the local ports.</returns>
    public static IReadOnlyList<int> Owners(IReadOnlyList<int> pids, HashSet<string> ports)
    {
        HashSet<string> sockets =
            [.. Sockets().Where(fields => ports.Contains(Port(fields[LocalAddress]))).Select(NameOf)];
        return [.. pids.Where(pid => FilesOf(pid).Any(sockets.Contains))];
    }

    /// <summary>Connections to a port that its process has not closed.</summary>
    public static int Connected(int port) => Sockets().Count(fields =>
        Port(fields[LocalAddress]) == port.ToString(CultureInfo.InvariantCulture)
        && fields[State] is (Established or CloseWait));

    /// <summary>
    /// All sockets that listen, by their names below <c>/proc/PID/fd</c>: a port is soon somebody else's, a socket
    /// never is.
    /// </summary>
    public static HashSet<string> Listening() =>
        [.. Sockets().Where(fields => fields[State] == Listen).Select(NameOf)];

    /// <summary>Those of a process.</summary>
    public static IReadOnlyList<string> ListeningOf(int pid) => [.. FilesOf(pid).Intersect(Listening())];

    private static IEnumerable<string[]> Sockets() =>
        ((string[])["/proc/net/tcp", "/proc/net/tcp6"]).Where(File.Exists)
            .SelectMany(table => File.ReadLines(table).Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Of <c>0100007F:1F90</c>.</summary>
    private static string Port(string address) =>
        int.Parse(address.Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            .ToString(CultureInfo.InvariantCulture);

    private static string NameOf(string[] fields) => $"socket:[{fields[Inode]}]";

    private static string[] FilesOf(int pid)
    {
        try
        {
            return
            [
                .. Directory.GetFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"))
                    .Select(file => new FileInfo(file).LinkTarget).OfType<string>(),
            ];
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return [];
        }
    }
}
