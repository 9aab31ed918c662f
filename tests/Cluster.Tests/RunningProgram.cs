using System.Diagnostics;
using Millrace.Processes;

namespace Millrace.Cluster.Tests;

/// <summary>A program of ours that a test runs itself, with all that it prints.</summary>
internal sealed class RunningProgram : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _output, _error;

    private RunningProgram(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <param name="assembly">The program; one that is compiled ahead where there is one.</param>
    public static RunningProgram Start(string assembly, params string[] arguments) =>
        Start(assembly, new Dictionary<string, string>(), arguments);

    /// <param name="environment">Besides this process's own.</param>
    public static RunningProgram Start(
        string assembly, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Start(CommandOf(assembly, arguments), environment);

    /// <summary>In a folder that exists no more when the program starts.</summary>
    /// <param name="folder">Empty.</param>
    public static RunningProgram StartInDeleted(string folder, string assembly, params string[] arguments) =>
        Start(
            ["sh", "-c", "cd \"$0\" && rmdir \"$0\" && exec \"$@\"", folder, .. CommandOf(assembly, arguments)],
            new Dictionary<string, string>());

    private static RunningProgram Start(string[] command, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return new RunningProgram(Process.Start(start)!);
    }

    private static string[] CommandOf(string assembly, string[] arguments)
    {
        string built = Path.Combine(TestCluster.ProgramFolder ?? AppContext.BaseDirectory, assembly);
        if (!File.Exists(built)) built = Path.Combine(AppContext.BaseDirectory, assembly);
        return ["dotnet", "exec", built, .. arguments];
    }

    public async Task<ProgramRun> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        return new ProgramRun(_process.ExitCode, await _output, await _error);
    }

    /// <summary>At once; nothing of it goes on.</summary>
    public async Task KillAsync()
    {
        Signals.SendKill(_process.Id);
        await _process.WaitForExitAsync().WaitAsync(Limit);
    }

    public void Dispose()
    {
        if (!_process.HasExited) Signals.SendKill(_process.Id);
        _process.Dispose();
    }
}
