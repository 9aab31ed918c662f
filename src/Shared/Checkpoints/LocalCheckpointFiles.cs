using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Millrace.Shared.Checkpoints;

/// <summary>Checkpoints on a disk of this machine, or on a file system that is mounted on all.</summary>
public sealed partial class LocalCheckpointFiles : ICheckpointFiles
{
    private const int OpenReadOnly = 0;
    private const int MaxDeleteTries = 10;

    public void CreateFolder(string folder) => Directory.CreateDirectory(folder);

    public Stream Create(string path) =>
        new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1);

    public Stream OpenRead(string path) =>
        new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);

    public bool Exists(string path) => File.Exists(path);

    public IReadOnlyList<string> Folders(string folder) =>
        Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];

    public void Sync(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    /// <summary>
    /// Makes renames and new names durable; where the system cannot sync a folder it does so by itself.
    /// </summary>
    public void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        int handle = Open(folder, OpenReadOnly);
        if (handle < 0)
            throw new IOException(
                $"Cannot open folder {folder} to sync it: {Marshal.GetLastPInvokeErrorMessage()}");
        using var file = new SafeFileHandle(handle, ownsHandle: true);
        if (Sync(file) != 0)
            throw new IOException($"Cannot sync folder {folder}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    /// <summary>Another deletion inside of it, at the same time, makes one of the two fail: it tries again.</summary>
    public void DeleteFolder(string folder)
    {
        for (int tries = 1; Directory.Exists(folder); tries++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException) when (tries < MaxDeleteTries)
            {
            }
        }
    }

    [LibraryImport(
        "libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);
}
