namespace Millrace.Shared.Checkpoints;

/// <summary>
/// The file system under checkpoints. Paths are the backend's own; a write is durable after
/// <see cref="Sync"/> of the file and <see cref="SyncFolder"/> of its folder.
/// </summary>
public interface ICheckpointFiles
{
    /// <summary>Makes the folder and those above it.</summary>
    void CreateFolder(string folder);

    /// <summary>A new file to write; replaces one of that name.</summary>
    /// <exception cref="IOException">There is no such folder, or no room.</exception>
    Stream Create(string path);

    Stream OpenRead(string path);

    bool Exists(string path);

    /// <summary>The paths of the folders right below this one; none when it is not there.</summary>
    IReadOnlyList<string> Folders(string folder);

    /// <summary>Puts what was written to a file of <see cref="Create"/> onto the disk.</summary>
    void Sync(Stream file);

    void SyncFolder(string folder);

    /// <summary>Atomically replaces the target.</summary>
    void Rename(string from, string to);

    /// <summary>Removes the folder with everything in it; nothing happens when it is not there.</summary>
    void DeleteFolder(string folder);
}
