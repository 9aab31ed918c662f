namespace Millrace.Cluster.Tests.Deploy;

/// <summary>A systemd unit of deploy/systemd.</summary>
/// <param name="Path">The file.</param>
/// <param name="Settings">Its lines NAME=VALUE of all sections.</param>
internal sealed record UnitFile(string Path, ILookup<string, string> Settings)
{
    public static UnitFile Of(string program)
    {
        string path = System.IO.Path.Combine(
            Repository.Root, "deploy", "systemd", $"millrace-{program}.service");
        return new UnitFile(path, File.ReadLines(path)
            .Where(line => line.Contains('=', StringComparison.Ordinal) && line[0] != '#')
            .Select(line => line.Split('=', 2))
            .ToLookup(pair => pair[0], pair => pair[1]));
    }

    /// <summary>The program's path and its arguments.</summary>
    public string[] Command => Settings["ExecStart"].Single().Split(' ');
}
