namespace Millrace.EdNetModel;

/// <summary>Files of the repository, found from where the tests were built.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    public static string EdNet => Path.Combine(Root, "data", "ednet");

    private static string Find(DirectoryInfo? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
            folder = folder.Parent;
        return folder?.FullName
            ?? throw new DirectoryNotFoundException("Cluster.sln is in no folder above the tests");
    }
}
