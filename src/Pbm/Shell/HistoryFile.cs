namespace Millrace.Pbm.Shell;

/// <summary>Keeps the history from one shell to the next; without a place for it there is none.</summary>
internal sealed class HistoryFile(string? path)
{
    /// <summary><c>millrace/pbm_history</c> where programs of this user keep their state.</summary>
    public static HistoryFile OfUser()
    {
        string? home = Environment.GetEnvironmentVariable("HOME");
        string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME")
            ?? (home is null ? null : Path.Combine(home, ".local", "state"));
        return new HistoryFile(state is null ? null : Path.Combine(state, "millrace", "pbm_history"));
    }

    public History Load()
    {
        try
        {
            return new History(path is null ? [] : File.ReadLines(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new History([]);
        }
    }

    public void Save(History history)
    {
        if (path is null) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllLines(path, history.Lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A shell without a history is still a shell.
        }
    }
}
