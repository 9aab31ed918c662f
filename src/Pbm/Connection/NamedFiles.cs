using Millrace.CommandProtocol;

namespace Millrace.Pbm.Connection;

/// <summary>
/// The files that a server may read here: those that the user named, and what lies in their folders or below.
/// A link that leads elsewhere is elsewhere.
/// </summary>
internal sealed class NamedFiles(IReadOnlyList<string> named, string workingFolder)
{
    /// <summary>What a server takes; a larger file would only be refused there.</summary>
    private const long MaxFileBytes = 16 << 20;

    private readonly List<string> _folders =
        [.. named.Select(f => Path.GetDirectoryName(Real(Path.GetFullPath(f, workingFolder)))!)];

    public FileContent Read(string path)
    {
        try
        {
            string full = Real(Path.GetFullPath(path, workingFolder));
            if (!_folders.Exists(folder => IsBelow(full, folder)))
                return Refused(
                    path, "It is not in the folder of a file that the command line names, or below it.");
            if (Directory.Exists(full)) return Refused(path, "It is a folder.");
            if (!File.Exists(full)) return Refused(path, FileContent.Missing);
            if (new FileInfo(full).Length > MaxFileBytes)
                return Refused(path, $"It is larger than {MaxFileBytes >> 20} MB.");
            return new FileContent(path, File.ReadAllText(full), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Refused(path, e.Message);
        }
    }

    private static FileContent Refused(string path, string problem) => new(path, null, problem);

    private static bool IsBelow(string path, string folder) => path.StartsWith(
        folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder + Path.DirectorySeparatorChar,
        StringComparison.Ordinal);

    /// <summary>The path with the links of all its parts followed.</summary>
    private static string Real(string path)
    {
        string? parent = Path.GetDirectoryName(path);
        if (parent is null) return path;
        string here = Path.Combine(Real(parent), Path.GetFileName(path));
        FileSystemInfo entry = Directory.Exists(here) ? new DirectoryInfo(here) : new FileInfo(here);
        return entry.LinkTarget is null
            ? here
            : entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? here;
    }
}
