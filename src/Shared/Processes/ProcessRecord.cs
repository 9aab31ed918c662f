using System.Text.Json;

namespace Millrace.Shared.Processes;

/// <summary>
/// What a node's process says about itself in <c>process.json</c> of its data folder, for whoever looks after
/// processes on this machine.
/// </summary>
/// <param name="Role"><c>jobmanager</c> or <c>taskmanager</c>.</param>
/// <param name="StartTicks">Of <see cref="ProcessIdentity"/>: with the pid it names one process for
/// ever.</param>
/// <param name="IsReady">It has joined and does its work: a TaskManager's slots are registered.</param>
/// <param name="Host">How others reach it; empty until it listens.</param>
/// <param name="Ports">By purpose: <c>remoting</c>, <c>command</c>, <c>data</c>.</param>
public sealed record ProcessRecord(
    string Role, int Pid, long StartTicks, bool IsReady, string Host, IReadOnlyDictionary<string, int> Ports)
{
    public const string FileName = "process.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    /// <summary>Replaces the folder's record at once: a reader sees the old or the new one.</summary>
    public void Write(string folder)
    {
        string file = Path.Combine(folder, FileName);
        string part = $"{file}.{Pid}.part";
        File.WriteAllText(part, JsonSerializer.Serialize(this, Json) + "\n");
        File.Move(part, file, overwrite: true);
    }

    /// <returns>Null where there is none, or it is no record.</returns>
    public static ProcessRecord? Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<ProcessRecord>(
                File.ReadAllText(Path.Combine(folder, FileName)), Json);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }
}
