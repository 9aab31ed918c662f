namespace Millrace.Pbm.Shell;

/// <summary>Files of this machine with a beginning, for completion.</summary>
internal static class FileNames
{
    private const int MaxNames = 200;

    /// <returns>As the user would go on writing: with the folder as written, folders with a slash.</returns>
    public static IReadOnlyList<string> StartingWith(string beginning, string workingFolder)
    {
        int slash = beginning.LastIndexOf('/');
        string written = beginning[..(slash + 1)];
        string name = beginning[(slash + 1)..];
        try
        {
            var folder = new DirectoryInfo(
                Path.GetFullPath(written.Length == 0 ? "." : written, workingFolder));
            return
            [
                .. folder.EnumerateFileSystemInfos()
                    .Where(f => f.Name.StartsWith(name, StringComparison.Ordinal)
                        && (name.Length > 0 || !f.Name.StartsWith('.')))
                    .OrderBy(f => f.Name, StringComparer.Ordinal).Take(MaxNames)
                    .Select(f => written + f.Name + (f is DirectoryInfo ? "/" : "")),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
