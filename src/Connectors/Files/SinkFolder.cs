using Millrace.Shared.Checkpoints;
using Millrace.Shared.Errors;

namespace Millrace.Connectors.Files;

/// <summary>
/// A folder that a table's files are written to. What is renamed, and what was made, is on the disk when the
/// call returns. Trouble of the disk is <see cref="ErrorKind.Unavailable"/> and names table and folder.
/// </summary>
internal sealed class SinkFolder(string table, string path)
{
    private static readonly LocalCheckpointFiles Disk = new();

    /// <summary>A new file in it; makes the folder if it is not there.</summary>
    public FileStream Create(string name) => Act(() =>
    {
        List<string> missing = [];
        for (string? at = path; at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at))
            missing.Add(at);
        Directory.CreateDirectory(path);
        foreach (string made in missing)
            if (Path.GetDirectoryName(made) is { } parent) Disk.SyncFolder(parent);
        return new FileStream(
            Path.Combine(path, name), FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0);
    });

    public void Append(FileStream file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(bytes);
        }
        catch (Exception trouble) when (IsTrouble(trouble))
        {
            throw Explain(trouble);
        }
    }

    /// <summary>Ends the file: it and its name are on the disk.</summary>
    public void Close(FileStream file) => Act(() =>
    {
        file.Flush(flushToDisk: true);
        file.Dispose();
        Disk.SyncFolder(path);
        return true;
    });

    /// <summary>Renames, replacing what has the new name.</summary>
    /// <returns>False: the folder is there, and in it no such file.</returns>
    public bool RenameIfThere(string name, string newName) => Act(() =>
    {
        bool isThere = true;
        try
        {
            File.Move(Path.Combine(path, name), Path.Combine(path, newName), overwrite: true);
        }
        catch (FileNotFoundException) when (Directory.GetFiles(path, name).Length == 0)
        {
            // A disk that could not be asked about the file may say so too; it can't list the folder then.
            isThere = false;
        }
        // Also what another process has renamed may not be on the disk yet.
        Disk.SyncFolder(path);
        return isThere;
    });

    /// <summary>The names that match, hidden ones too; none where there is no folder.</summary>
    public IReadOnlyList<string> Find(string pattern) => Act(() => Directory.Exists(path)
        ? (IReadOnlyList<string>)[.. Directory.GetFiles(path, pattern).Select(f => Path.GetFileName(f))]
        : []);

    /// <summary>Nothing happens where it is gone.</summary>
    public void Delete(string name) => Act(() =>
    {
        File.Delete(Path.Combine(path, name));
        return true;
    });

    /// <summary>Drops a file that is not ended; what can't be removed now is swept by a later attempt.</summary>
    public static void Discard(FileStream file)
    {
        try
        {
            file.Dispose();
            File.Delete(file.Name);
        }
        catch (Exception trouble) when (IsTrouble(trouble))
        {
            // The subtask has ended, and why is told already.
        }
    }

    private T Act<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception trouble) when (IsTrouble(trouble))
        {
            throw Explain(trouble);
        }
    }

    private static bool IsTrouble(Exception e) => e is IOException or UnauthorizedAccessException;

    private MillraceException Explain(Exception trouble) => new(
        ErrorKind.Unavailable,
        $"Table '{table}': the folder '{path}' cannot be written: {trouble.Message}",
        trouble);
}
