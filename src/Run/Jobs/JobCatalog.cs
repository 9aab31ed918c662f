namespace Millrace.Run.Jobs;

/// <summary>The jobs that <c>./run</c> knows, in the order in which it starts and shows them.</summary>
internal static class JobCatalog
{
    public static IReadOnlyList<CatalogJob> All { get; } =
    [
        new("wrongbook", "dwd_wrong_record_wide_delta", "id"),
        new("user-daily-stats", "dws_user_daily_stats", "user_id, stat_date"),
        new("learning-analysis", "ads_learning_alert", "id"),
    ];

    /// <summary>The jobs of these names, or all where none is named.</summary>
    public static IReadOnlyList<CatalogJob> Select(IReadOnlyList<string> names) =>
        names.Count == 0 ? All : [.. All.Where(job => names.Contains(job.Name))];
}
