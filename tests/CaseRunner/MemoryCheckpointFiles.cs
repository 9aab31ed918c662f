using Millrace.Shared.Checkpoints;

namespace Millrace.CaseRunner;

/// <summary>Checkpoint files in memory; one thread.</summary>
internal sealed class MemoryCheckpointFiles : ICheckpointFiles
{
    private readonly Dictionary<string, MemoryStream> _files = [];

    public void CreateFolder(string folder)
    {
    }

    public Stream Create(string path) => _files[path] = new MemoryStream();

    public Stream OpenRead(string path) => _files.TryGetValue(path, out MemoryStream? file)
        ? new MemoryStream(file.ToArray(), writable: false)
        : throw new FileNotFoundException($"There is no file {path}.");

    public bool Exists(string path) => _files.ContainsKey(path);

    public IReadOnlyList<string> Folders(string folder) =>
        [.. _files.Keys.Select(Path.GetDirectoryName).OfType<string>()
            .Where(f => Path.GetDirectoryName(f) == folder).Distinct()];

    public void Sync(Stream file)
    {
    }

    public void SyncFolder(string folder)
    {
    }

    public void Rename(string from, string to)
    {
        _files[to] = _files[from];
        _files.Remove(from);
    }

    public void DeleteFolder(string folder)
    {
        foreach (string path in _files.Keys.Where(p => Path.GetDirectoryName(p) == folder).ToList())
            _files.Remove(path);
    }
}
