using System.Diagnostics;
using Millrace.Processes;

namespace Millrace.Cluster.Tests.Network;

/// <summary>
/// Two hosts of one machine: two network namespaces joined by a cable (a veth pair) that can be cut. Only
/// root can make them.
/// </summary>
internal sealed class NetworkHosts : IDisposable
{
    public const string FirstAddress = "10.213.7.1", SecondAddress = "10.213.7.2";

    private readonly string _id = $"{Environment.ProcessId % 100_000}";

    public NetworkHosts()
    {
        try
        {
            Make();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string First => $"mra{_id}";

    public string Second => $"mrb{_id}";

    private string FirstEnd => $"mrva{_id}";

    private string SecondEnd => $"mrvb{_id}";

    public ProcessHost FirstHost => new(["ip", "netns", "exec", First], FirstAddress);

    public ProcessHost SecondHost => new(["ip", "netns", "exec", Second], SecondAddress);

    public void CutCable() => Ip("-n", First, "link", "set", FirstEnd, "down");

    public void RestoreCable() => Ip("-n", First, "link", "set", FirstEnd, "up");

    public void Dispose()
    {
        // The cable goes with its ends.
        foreach (string host in (string[])[First, Second]) Run("ip", "netns", "delete", host);
    }

    private void Make()
    {
        foreach (string host in (string[])[First, Second])
        {
            Ip("netns", "add", host);
            Ip("-n", host, "link", "set", "lo", "up");
        }
        Ip(
            "link", "add", FirstEnd, "netns", First, "type", "veth",
            "peer", "name", SecondEnd, "netns", Second);
        Ip("-n", First, "addr", "add", $"{FirstAddress}/24", "dev", FirstEnd);
        Ip("-n", Second, "addr", "add", $"{SecondAddress}/24", "dev", SecondEnd);
        Ip("-n", First, "link", "set", FirstEnd, "up");
        Ip("-n", Second, "link", "set", SecondEnd, "up");
    }

    private static void Ip(params string[] arguments)
    {
        if (Run("ip", arguments) is { Length: > 0 } problem)
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {problem}");
    }

    /// <returns>What it said where it failed; else nothing.</returns>
    internal static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string said = process.StandardError.ReadToEnd() + process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : $"exit code {process.ExitCode}. {said}";
    }
}
