using Millrace.Shared.Checkpoints;

namespace Millrace.LocalCluster.Tests.BadInput;

/// <summary>
/// The local disk, which can be full: as long as a test says so, writing below a folder ends with what the
/// operating system says then.
/// </summary>
internal sealed class FailingCheckpointFiles : ICheckpointFiles
{
    private readonly LocalCheckpointFiles _files = new();
    private readonly Lock _lock = new();
    private readonly List<FullDisk> _full = [];

    /// <param name="folder">Writing to files below it fails.</param>
    /// <param name="count">So many attempts fail; then there is room again.</param>
    /// <param name="name">Only files of that name; null: all.</param>
    /// <returns>Disposing it makes room at once.</returns>
    public IDisposable FillDisk(string folder, int count, string? name = null)
    {
        var full = new FullDisk(folder, name) { Left = count };
        lock (_lock) _full.Add(full);
        return full;
    }

    public void CreateFolder(string folder) => _files.CreateFolder(folder);

    public Stream Create(string path)
    {
        Stream file = _files.Create(path);
        if (!IsFull(path)) return file;
        file.Dispose();
        throw new IOException($"No space left on device : '{path}'");
    }

    public Stream OpenRead(string path) => _files.OpenRead(path);

    public bool Exists(string path) => _files.Exists(path);

    public IReadOnlyList<string> Folders(string folder) => _files.Folders(folder);

    public void Sync(Stream file) => _files.Sync(file);

    public void SyncFolder(string folder) => _files.SyncFolder(folder);

    public void Rename(string from, string to) => _files.Rename(from, to);

    public void DeleteFolder(string folder) => _files.DeleteFolder(folder);

    private bool IsFull(string path)
    {
        lock (_lock)
        {
            FullDisk? full = _full.Find(f => f.Left > 0 && f.Holds(path));
            if (full is not null) full.Left--;
            return full is not null;
        }
    }

    private sealed class FullDisk(string folder, string? name) : IDisposable
    {
        public int Left { get; set; }

        public bool Holds(string path) => path.StartsWith(folder, StringComparison.Ordinal)
            && (name is null || Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal));

        public void Dispose() => Left = 0;
    }
}
