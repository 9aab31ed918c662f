using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Millrace.Processes;

/// <summary>What is alive at one moment.</summary>
/// <param name="Pbm">The command address of a live JobManager; null where none answers.</param>
internal sealed record ClusterStatus(string? Pbm, IReadOnlyList<NodeProcess> Processes)
{
    private const string CommandPort = "command";
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(500);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static async Task<ClusterStatus> ReadAsync(ProcessCluster cluster, CancellationToken cancel)
    {
        IReadOnlyList<NodeProcess> processes = cluster.Processes;
        string? pbm = null;
        // One that has joined first; a stopped one's port takes connections and answers nothing.
        foreach (NodeProcess process in processes.Where(p => !p.IsStopped).OrderBy(p => p.IsReady ? 0 : 1))
            if (pbm is null && process.Ports.TryGetValue(CommandPort, out int port)
                && await AcceptsAsync(process.Host, port, cancel).ConfigureAwait(false))
                pbm = process.AddressOf(CommandPort);
        return new ClusterStatus(pbm, processes);
    }

    public string ToJson() => new JsonObject
    {
        ["pbm"] = Pbm,
        ["processes"] = new JsonArray([.. Processes.Select(ToJson)]),
    }.ToJsonString(Indented);

    public string ToText()
    {
        if (Processes.Count == 0) return "Nothing runs.";
        var text = new StringBuilder();
        foreach (NodeProcess p in Processes)
        {
            string ports = string.Join(' ', p.Ports.Select(x => $"{x.Key} {x.Value}"));
            text.AppendLine(
                CultureInfo.InvariantCulture, $"{p.Name,-16} {State(p),-8} pid {p.Pid,-7} {ports}");
        }
        return text.Append(Pbm is null ? "No JobManager answers commands." : $"pbm {Pbm}").ToString();
    }

    private static JsonObject ToJson(NodeProcess process) => new()
    {
        ["name"] = process.Name,
        ["role"] = process.Role.Word(),
        ["pid"] = process.Pid,
        ["state"] = State(process),
        ["log"] = process.Log,
        ["ports"] = new JsonObject(process.Ports.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
    };

    private static string State(NodeProcess process) =>
        process.IsStopped ? "stopped" : process.IsReady ? "running" : "starting";

    private static async Task<bool> AcceptsAsync(string host, int port, CancellationToken cancel)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port, cancel).AsTask()
                .WaitAsync(ConnectTimeout, TimeProvider.System, cancel).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            return false;
        }
    }
}
