using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Pbm;
using Millrace.Pbm.Output;
using Millrace.Pbm.Shell;
using Spectre.Console;
using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>
/// What <c>pbm</c> does, called in this process, with the addresses of the JobManagers that live now.
/// </summary>
/// <param name="addresses">Asked anew for each call.</param>
/// <param name="folder">Relative paths are below it.</param>
/// <param name="before">Words of a command line that runs pbm elsewhere; null: it is called in this
/// process.</param>
internal sealed class PbmCalls(
    Func<IReadOnlyList<string>> addresses, string folder, IReadOnlyList<string>? before = null)
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Calls pbm once.</summary>
    public async Task<PbmAnswer> CallAsync(params string[] arguments)
    {
        string[] line = [string.Join(',', addresses()), .. arguments];
        return before is null
            ? await CallHereAsync(line)
            : await CallElsewhereAsync([.. before, .. Program, .. line]);
    }

    private static IReadOnlyList<string> Program =>
        ["dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "Millrace.Pbm.dll")];

    private async Task<PbmAnswer> CallElsewhereAsync(string[] line)
    {
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(CallTimeout);
        return new PbmAnswer(process.ExitCode, await output, await error);
    }

    private async Task<PbmAnswer> CallHereAsync(string[] line)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        IAnsiConsole console =
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = PbmConsole.EndlessWidth;
        using var limit = new CancellationTokenSource(CallTimeout);
        using var interrupts = new Interrupts(limit.Token);
        int exitCode = await new PbmProgram(new PbmConsole(console, error, () => folder, DefaultAddress: null))
            .RunAsync(line, interrupts);
        return new PbmAnswer(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Submits a job file of the repository and returns its id.</summary>
    public async Task<string> SubmitAsync(string jobFile, params string[] options)
    {
        PbmAnswer answer =
            await CallAsync(["job", "submit", "-f", jobFile, .. options, "--detached", "--output", "json"]);
        Assert.True(answer.ExitCode == 0, answer.ToString());
        return JsonDocument.Parse(answer.Output).RootElement.GetProperty("id").GetString()!;
    }

    /// <summary>Addresses of the members that are up, in their order as texts.</summary>
    public async Task<IReadOnlyList<string>> MembersAsync()
    {
        PbmAnswer answer = await CallAsync("cluster", "show", "--output", "json");
        Assert.True(answer.ExitCode == 0, answer.ToString());
        return
        [
            .. JsonNode.Parse(answer.Output)!["members"]!.AsArray()
                .Where(m => (string)m!["state"]! == "UP").Select(m => (string)m!["node"]!)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>All jobs; null where no leader could be asked now.</summary>
    public async Task<IReadOnlyList<ListedJob>?> JobsAsync()
    {
        if (addresses().Count == 0) return null;
        PbmAnswer answer = await CallAsync("job", "list", "--output", "json");
        return answer.ExitCode == 0
            ? JsonSerializer.Deserialize<List<ListedJob>>(answer.Output, JsonSerializerOptions.Web)
            : null;
    }
}

internal sealed record PbmAnswer(int ExitCode, string Output, string Error)
{
    public override string ToString() => $"exit code {ExitCode}: {Error}{Output}";
}

/// <summary>As <c>job list --output json</c> shows it.</summary>
internal sealed record ListedJob(string Id, string Name, string State, int Attempt, int Restarts);
