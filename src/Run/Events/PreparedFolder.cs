namespace Millrace.Run.Events;

/// <summary>Events and tables written aside and put in place by renames, so that a reader never sees a part.</summary>
/// <remarks>What was there before goes only when the new is complete; <see cref="Dispose"/> removes what was not
/// published.</remarks>
internal sealed class PreparedFolder : IDisposable
{
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

    /// <summary>Replaces <c>events</c> and <c>tables.db</c> in the folder.</summary>
    public void Publish()
    {
        string events = Path.Combine(_folder, "events"), tables = Path.Combine(_folder, "tables.db");
        if (Directory.Exists(events))
            Directory.Move(events, Path.Combine(_aside, "replaced"));
        Directory.Move(Events, events);
        // A log that was left behind belongs to the old tables and would be applied to the new ones.
        File.Delete(tables + "-wal");
        File.Delete(tables + "-shm");
        File.Move(Tables, tables, overwrite: true);
    }

    public void Dispose() => Remove(_aside);

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
