using Millrace.Shared.Checkpoints;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>One disk that all processes share, in memory. Files are created, never overwritten.</summary>
internal sealed class SimulatedFiles : ICheckpointFiles
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    public bool IsFull { get; set; }

    public IReadOnlyDictionary<string, byte[]> Files => _files;

    /// <summary>
    /// Called before each change with what is done; may throw, as a process that dies there.
    /// </summary>
    public Action<string, string> OnChange { get; set; } = (_, _) => { };

    public Action AfterDelete { get; set; } = () => { };

    public void CreateFolder(string folder) => _folders.Add(folder);

    public Stream Create(string path)
    {
        OnChange("create", path);
        if (IsFull) throw new IOException("No space left on device.");
        string folder = path[..path.LastIndexOf('/')];
        if (!_folders.Contains(folder)) throw new DirectoryNotFoundException($"There is no folder {folder}.");
        if (!_files.TryAdd(path, [])) throw new BrokenPromiseException($"{path} was written twice");
        return new FileToWrite(this, path);
    }

    public Stream OpenRead(string path) => _files.TryGetValue(path, out byte[]? bytes)
        ? new MemoryStream(bytes, writable: false)
        : throw new FileNotFoundException($"There is no {path}.");

    public bool Exists(string path) => _files.ContainsKey(path);

    public IReadOnlyList<string> Folders(string folder) =>
    [
        .. Inside(folder).Select(f => f[(folder.Length + 1)..])
            .Where(f => f.Contains('/', StringComparison.Ordinal))
            .Select(f => $"{folder}/{f[..f.IndexOf('/', StringComparison.Ordinal)]}").Distinct(),
    ];

    public void Sync(Stream file)
    {
        file.Flush();
        if (IsFull) throw new IOException("No space left on device.");
    }

    public void SyncFolder(string folder)
    {
    }

    public void Rename(string from, string to)
    {
        OnChange("rename", to);
        if (!_files.Remove(from, out byte[]? bytes)) throw new FileNotFoundException($"There is no {from}.");
        if (!_files.TryAdd(to, bytes)) throw new BrokenPromiseException($"{to} was written twice");
    }

    public void DeleteFolder(string folder)
    {
        OnChange("delete", folder);
        foreach (string path in Inside(folder).ToList()) _files.Remove(path);
        _folders.RemoveWhere(f => f == folder || f.StartsWith(folder + "/", StringComparison.Ordinal));
        AfterDelete();
    }

    public IEnumerable<string> Inside(string folder) =>
        _files.Keys.Where(f => f.StartsWith(folder + "/", StringComparison.Ordinal));

    private sealed class FileToWrite(SimulatedFiles disk, string path) : MemoryStream
    {
        public override void Flush()
        {
            base.Flush();
            if (disk._files.ContainsKey(path)) disk._files[path] = ToArray();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && CanRead) Flush();
            base.Dispose(disposing);
        }
    }
}
