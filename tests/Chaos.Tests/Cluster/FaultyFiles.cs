using Millrace.Shared.Checkpoints;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>
/// The disk that all nodes of a test keep checkpoints on. Single steps on single files can be made to fail or
/// to take as long as the test says.
/// </summary>
internal sealed class FaultyFiles : ICheckpointFiles
{
    private readonly LocalCheckpointFiles _files = new();
    private readonly Lock _lock = new();
    private readonly List<FileFault> _faults = [];

    /// <summary>The next files that are written end as on a full disk.</summary>
    /// <param name="name">What the file's name begins with.</param>
    public FileFault FailWrites(string name, int count) =>
        Add(new FileFault(isRead: false, name, count) { Fails = true });

    public FileFault FailReads(string name, int count) =>
        Add(new FileFault(isRead: true, name, count) { Fails = true });

    /// <summary>The next file is written once the test lets go of it.</summary>
    public FileFault HoldWrite(string name) => Add(new FileFault(isRead: false, name, 1));

    /// <summary>Lets go of all that is held.</summary>
    public void Release()
    {
        lock (_lock) _faults.ForEach(f => f.Release());
    }

    public void CreateFolder(string folder) => _files.CreateFolder(folder);

    public Stream Create(string path)
    {
        Stream file = _files.Create(path);
        try
        {
            Suffer(isRead: false, path);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public Stream OpenRead(string path)
    {
        Suffer(isRead: true, path);
        return _files.OpenRead(path);
    }

    public bool Exists(string path) => _files.Exists(path);

    public IReadOnlyList<string> Folders(string folder) => _files.Folders(folder);

    public void Sync(Stream file) => _files.Sync(file);

    public void SyncFolder(string folder) => _files.SyncFolder(folder);

    public void Rename(string from, string to) => _files.Rename(from, to);

    public void DeleteFolder(string folder) => _files.DeleteFolder(folder);

    private void Suffer(bool isRead, string path)
    {
        FileFault? fault;
        lock (_lock) fault = _faults.Find(f => f.Takes(isRead, path));
        fault?.Happen(path);
    }

    private FileFault Add(FileFault fault)
    {
        lock (_lock) _faults.Add(fault);
        return fault;
    }
}

/// <summary>What happens to the next few files of a name.</summary>
internal sealed class FileFault(bool isRead, string name, int count) : IDisposable
{
    private readonly TaskCompletionSource _released = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = count;

    /// <summary>Else it waits.</summary>
    public bool Fails { get; init; }

    /// <summary>Files that are still to suffer it.</summary>
    public int Left => Volatile.Read(ref _left);

    /// <summary>The first file has come to it.</summary>
    public Task Reached => _reached.Task;

    public void Release() => _released.TrySetResult();

    public void Dispose() => Release();

    public bool Takes(bool reads, string path)
    {
        if (reads != isRead || _left == 0) return false;
        if (!Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal)) return false;
        _left--;
        return true;
    }

    public void Happen(string path)
    {
        _reached.TrySetResult();
        if (Fails) throw new IOException($"Input/output error : '{path}'");
        _released.Task.Wait();
    }
}
