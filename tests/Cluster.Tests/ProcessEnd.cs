using System.Diagnostics;
using Millrace.Processes;

namespace Millrace.Cluster.Tests;

/// <summary>How a process of a cluster, which this process has started, ends.</summary>
internal sealed class ProcessEnd : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ProcessEnd(Process process)
    {
        _process = process;
        // Without a handle the exit code is not told.
        _ = process.SafeHandle;
    }

    /// <summary>Watches one that still runs.</summary>
    public static ProcessEnd Of(NodeProcess process) => new(Process.GetProcessById(process.Pid));

    /// <returns>Its exit code.</returns>
    public async Task<int> CodeAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        return _process.ExitCode;
    }

    public void Dispose() => _process.Dispose();
}
