namespace Millrace.Cluster.Tests.Chaos;

/// <summary>What is done to a cluster while its jobs run.</summary>
/// <param name="Copies">Of EdNet: enough for each interval to have something to do.</param>
/// <param name="TaskManagerKills">By kill -9, one every <paramref name="Interval"/>; another one is added
/// each time.</param>
/// <param name="JobManagerKills">Of the one that leads, spread over the plan; another one is added each
/// time.</param>
/// <param name="Pause">How long one TaskManager is stopped in the middle: longer than a lease.</param>
internal sealed record ChaosPlan(
    int Copies, int TaskManagerKills, int JobManagerKills, TimeSpan Interval, TimeSpan Pause)
{
    /// <summary>A fifth of <see cref="Long"/>.</summary>
    public static ChaosPlan Short { get; } =
        new(20, TaskManagerKills: 4, JobManagerKills: 1, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8));

    public static ChaosPlan Long { get; } =
        new(24, TaskManagerKills: 20, JobManagerKills: 5, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(30));

    public override string ToString() =>
        $"{TaskManagerKills} TaskManager kills, {JobManagerKills} JobManager kills, a pause of "
        + $"{Pause.TotalSeconds} s";
}
