using System.Globalization;

namespace Millrace.Processes;

/// <summary>
/// What .NET keeps in the temporary folder for debuggers while a process lives; one that is killed leaves it
/// there.
/// </summary>
internal static class RuntimeFiles
{
    /// <summary>Removes those of a process that has ended; a later one of the same pid has others.</summary>
    public static void Remove(int pid, long startTicks)
    {
        foreach (string file in Of(pid, startTicks)) File.Delete(file);
    }

    /// <summary>Their paths, whether they are there or not.</summary>
    public static IEnumerable<string> Of(int pid, long startTicks)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"{pid}-{startTicks}");
        string[] names =
            [$"dotnet-diagnostic-{id}-socket", $"clr-debug-pipe-{id}-in", $"clr-debug-pipe-{id}-out"];
        return names.Select(name => Path.Combine(Path.GetTempPath(), name));
    }
}
