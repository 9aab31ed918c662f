using System.Globalization;

namespace Millrace.Shared.Processes;

/// <summary>What Linux says in <c>/proc/PID/stat</c> about a process.</summary>
/// <param name="State">R, S, D, T (stopped), Z (dead, not yet waited for), …</param>
/// <param name="StartTicks">When it started, in clock ticks since boot: a reused pid has another one.</param>
public sealed record ProcessIdentity(char State, long StartTicks)
{
    private const int StateField = 0, StartTicksField = 19;

    public bool IsDead => State is 'Z' or 'X';

    public bool IsStopped => State is 'T' or 't';

    /// <returns>Null where there is no such process.</returns>
    public static ProcessIdentity? Of(int pid)
    {
        string text;
        try
        {
            text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        // The second field is the program's name in parentheses and may hold anything, spaces included.
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessIdentity(
            fields[StateField][0], long.Parse(fields[StartTicksField], CultureInfo.InvariantCulture));
    }

    /// <summary>The process that has this pid and started then still runs (stopped counts as
    /// running).</summary>
    public static bool IsAlive(int pid, long startTicks) =>
        Of(pid) is { IsDead: false } found && found.StartTicks == startTicks;
}
