using Millrace.Run.Events;

namespace Millrace.Run.Jobs;

/// <summary>The files that <c>./run</c> reads, found from where the program was built.</summary>
internal static class RepositoryFiles
{
    private static readonly Lazy<string> Found = new(() => Find(new DirectoryInfo(AppContext.BaseDirectory)));

    /// <summary>The folder that holds <c>jobs/</c> and <c>data/</c>.</summary>
    public static string Root => Found.Value;

    public static string EdNet => Path.Combine(Root, "data", "ednet");

    public static string SqliteDdl => Path.Combine(Root, "jobs", "ddl", "sqlite");

    private static string Find(DirectoryInfo? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "jobs", "wrongbook.yaml")))
            folder = folder.Parent;
        return folder?.FullName
            ?? throw new BadInputException(
                $"No folder above {AppContext.BaseDirectory} has jobs/wrongbook.yaml.");
    }
}
