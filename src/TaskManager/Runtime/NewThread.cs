namespace Millrace.TaskManager.Runtime;

/// <summary>
/// Makes the threads of a TaskManager, not started yet; a test gives its own to see that all of them end.
/// </summary>
internal delegate Thread NewThread(string name, ThreadStart run);

internal static class Threads
{
    /// <summary>A process does not wait for them when it ends.</summary>
    public static Thread NewBackground(string name, ThreadStart run) =>
        new(run) { IsBackground = true, Name = name };
}
