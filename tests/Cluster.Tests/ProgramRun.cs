using System.Diagnostics;

namespace Millrace.Cluster.Tests;

/// <summary>A program run to its end: its exit code, and what it said.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <param name="assembly">A program beside the tests.</param>
    public static Task<ProgramRun> OfAsync(string assembly, params string[] options) =>
        OfAsync("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, assembly), .. options], null);

    /// <param name="environment">Besides this process's own; null: nothing.</param>
    public static async Task<ProgramRun> OfAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Limit);
        return new ProgramRun(process.ExitCode, await output, error);
    }
}
