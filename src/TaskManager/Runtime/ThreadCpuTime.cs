using System.Runtime.InteropServices;

namespace Millrace.TaskManager.Runtime;

/// <summary>The processor time of the calling thread, from the operating system.</summary>
internal static partial class ThreadCpuTime
{
    private const int ClockThreadCpuTime = 3;

    /// <returns>Nanoseconds, or 0 where the system does not tell.</returns>
    public static long Nanoseconds() =>
        OperatingSystem.IsLinux() && GetTime(ClockThreadCpuTime, out TimeSpec time) == 0
            ? (time.Seconds * 1_000_000_000) + time.Nanoseconds
            : 0;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
