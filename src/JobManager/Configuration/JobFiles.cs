namespace Millrace.JobManager.Configuration;

/// <summary>Where the files of a job definition are: on this machine, or where a client runs.</summary>
/// <param name="Folder">The working folder of who submits, absolute: relative paths are below it.</param>
/// <param name="Read">The text of a file, or null where there is none.</param>
public sealed record JobFiles(string Folder, Func<string, string?> Read)
{
    /// <summary>This machine's.</summary>
    public static JobFiles OnDisk => new(
        Environment.CurrentDirectory, path => File.Exists(path) ? File.ReadAllText(path) : null);

    /// <summary>An absolute path as it is, a relative one below the working folder.</summary>
    public string Locate(string path) => Path.GetFullPath(path, Folder);
}
