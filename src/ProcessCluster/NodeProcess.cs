using System.Globalization;
using System.Text.Json;
using Millrace.Shared.Processes;

namespace Millrace.Processes;

/// <summary>One process of a cluster as it is at this moment.</summary>
/// <param name="Name">Its role and a number that no other process of the folder has had.</param>
/// <param name="IsStopped">By SIGSTOP: it answers nothing, but lives.</param>
/// <param name="Host">How others reach it; empty until it listens.</param>
/// <param name="Ports">By purpose; empty until it listens.</param>
public sealed record NodeProcess(
    string Name, ProcessRole Role, int Pid, long StartTicks, string Log, bool IsReady, bool IsStopped,
    string Host, IReadOnlyDictionary<string, int> Ports)
{
    /// <summary>It has a remoting port that others can join.</summary>
    public bool Listens => Ports.ContainsKey("remoting");

    /// <summary>host:port of a port that it has.</summary>
    public string AddressOf(string purpose) =>
        string.Create(CultureInfo.InvariantCulture, $"{Host}:{Ports[purpose]}");

    /// <summary>A pid that was given to another process since then does not count.</summary>
    public bool IsAlive => ProcessIdentity.IsAlive(Pid, StartTicks);

    /// <returns>Null where no process of the name runs now.</returns>
    internal static NodeProcess? Find(ClusterFolder folder, string name)
    {
        string node = folder.Node(name);
        ProcessRecord? told = ProcessRecord.Read(node);
        if (LaunchRecord.Read(node) is { } launched && told?.Pid != launched.Pid
            && ProcessIdentity.IsAlive(launched.Pid, launched.StartTicks))
            told = new ProcessRecord("", launched.Pid, launched.StartTicks, false, "", NoPorts);
        if (told is null || ProcessIdentity.Of(told.Pid) is not { IsDead: false } identity
            || identity.StartTicks != told.StartTicks)
            return null;
        return new NodeProcess(
            name, ClusterFolder.RoleOf(name)!.Value, told.Pid, told.StartTicks, folder.Log(name),
            told.IsReady, identity.IsStopped, told.Host, told.Ports);
    }

    private static readonly IReadOnlyDictionary<string, int> NoPorts = new Dictionary<string, int>();
}

/// <summary>
/// What the launcher knows of a process before the process says anything itself: <c>launched.json</c>.
/// </summary>
internal sealed record LaunchRecord(int Pid, long StartTicks)
{
    private const string FileName = "launched.json";

    public void Write(string folder) =>
        File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this));

    public static LaunchRecord? Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<LaunchRecord>(File.ReadAllText(Path.Combine(folder, FileName)));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Both records of a process that has ended, and what it could not remove itself.</summary>
    public static void Remove(string folder)
    {
        if (Read(folder) is { } ended) RuntimeFiles.Remove(ended.Pid, ended.StartTicks);
        File.Delete(Path.Combine(folder, FileName));
        File.Delete(Path.Combine(folder, ProcessRecord.FileName));
    }
}
