namespace Millrace.Cluster.Tests;

/// <summary>A program run to its end: its exit code, and what it said.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    /// <param name="assembly">A program of ours.</param>
    public static async Task<ProgramRun> OfAsync(string assembly, params string[] options)
    {
        using RunningProgram program = RunningProgram.Start(assembly, options);
        return await program.EndAsync();
    }

    public override string ToString() => $"exit code {ExitCode}: {Error}{Output}";
}
