using System.Runtime.InteropServices;

namespace Millrace.Processes;

/// <summary>Signals of Linux to a process; one that has ended, and its pid's next owner, gets none.</summary>
internal static partial class Signals
{
    private const int Kill = 9, Terminate = 15, Continue = 18, Stop = 19;

    public static void SendKill(NodeProcess process) => Send(process, Kill);

    /// <summary>Asks for an orderly end; a stopped process hears it when it goes on, so it does.</summary>
    public static void SendTerminate(NodeProcess process)
    {
        Send(process, Terminate);
        Send(process, Continue);
    }

    public static void SendStop(NodeProcess process) => Send(process, Stop);

    public static void SendContinue(NodeProcess process) => Send(process, Continue);

    public static void SendKill(int pid) => _ = Send(pid, Kill);

    private static void Send(NodeProcess process, int signal)
    {
        if (process.IsAlive) _ = Send(process.Pid, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int pid, int signal);
}
