namespace Millrace.Run.Events;

/// <summary>
/// Events and tables written aside and put in place by renames, so that a reader never sees a part.
/// </summary>
/// <remarks>What was there before goes only when the new is complete; <see cref="Dispose"/> removes what was
/// not published.</remarks>
internal sealed class PreparedFolder : IDisposable
{
    private const string TopicPattern = "biz_statistic_*";

    private readonly string _folder;
    private readonly string _aside;

    public PreparedFolder(string folder)
    {
        _folder = folder;
        _aside = Path.Combine(folder, ".preparing");
        Remove(_aside);
        Directory.CreateDirectory(Events);
    }

    /// <summary>Where the topic folders are to be written.</summary>
    public string Events => Path.Combine(_aside, "events");

    /// <summary>Where the tables are to be written; the file does not exist.</summary>
    public string Tables => Path.Combine(_aside, "tables.db");

    /// <summary>
    /// Replaces all topics in <c>events</c>, and <c>tables.db</c>; whatever else lies there stays.
    /// </summary>
    public void Publish()
    {
        string events = Path.Combine(_folder, "events"), tables = Path.Combine(_folder, "tables.db");
        Directory.CreateDirectory(events);
        MoveAll(events, TopicPattern, Path.Combine(_aside, "replaced"));
        MoveAll(Events, "*", events);
        // A log that was left behind belongs to the old tables and would be applied to the new ones.
        File.Delete(tables + "-wal");
        File.Delete(tables + "-shm");
        File.Move(Tables, tables, overwrite: true);
    }

    public void Dispose() => Remove(_aside);

    private static void MoveAll(string from, string pattern, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.GetDirectories(from, pattern))
            Directory.Move(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
