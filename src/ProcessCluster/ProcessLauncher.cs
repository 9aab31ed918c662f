using System.Diagnostics;
using System.Runtime.InteropServices;
using Millrace.Shared.Errors;
using Millrace.Shared.Processes;

namespace Millrace.Processes;

/// <summary>
/// Starts a program so that it outlives whoever starts it: in a session of its own, without a terminal, its
/// output in its log.
/// </summary>
internal static class ProcessLauncher
{
    // exec twice: the pid that is told is the program's. $0 is the log.
    private const string Script = "exec setsid \"$@\" </dev/null >>\"$0\" 2>&1";

    /// <summary>Starts the role's program and writes down who it is.</summary>
    /// <param name="programs">The folder of the programs.</param>
    /// <param name="before">Words of the command line before the program's.</param>
    /// <exception cref="MillraceException">Unavailable: it could not be started.</exception>
    public static LaunchRecord Launch(
        ClusterFolder folder, string name, string programs, IEnumerable<string> before,
        IEnumerable<string> options)
    {
        ProcessRole role = ClusterFolder.RoleOf(name)!.Value;
        string program = Path.Combine(programs, role.Assembly());
        if (!File.Exists(program))
            throw new MillraceException(ErrorKind.Unavailable, $"The program {program} is not there.");
        string node = Directory.CreateDirectory(folder.Node(name)).FullName;
        LaunchRecord.Remove(node);
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = folder.Path };
        // Under its own name where it has been published under that.
        string named = Path.Combine(programs, role.Word());
        IEnumerable<string> command = File.Exists(named) ? [named] : [DotnetHost(), "exec", program];
        foreach (string argument in (IEnumerable<string>)
            ["-c", Script, folder.Log(name), .. before, .. command, .. options])
            start.ArgumentList.Add(argument);
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(DotnetHost());
        using Process process = Process.Start(start)!;
        var launched = new LaunchRecord(process.Id, ProcessIdentity.Of(process.Id)?.StartTicks ?? 0);
        launched.Write(node);
        return launched;
    }

    /// <summary>The one that runs this process.</summary>
    private static string DotnetHost() => Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
}
