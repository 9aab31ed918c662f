using Millrace.Shared.Errors;

namespace Millrace.Benchmarks;

/// <summary>Runs contestants in turn, round after round, and takes medians.</summary>
internal static class Rounds
{
    /// <param name="contestants">What each does over the whole data; the first is the loop by hand.</param>
    /// <returns>The median CPU time of each.</returns>
    public static TimeSpan[] Measure(int rounds, params Action[] contestants)
    {
        var times = new TimeSpan[contestants.Length][];
        for (int i = 0; i < times.Length; i++) times[i] = new TimeSpan[rounds];
        foreach (Action contestant in contestants) contestant();
        for (int round = 0; round < rounds; round++)
            for (int i = 0; i < contestants.Length; i++)
                times[i][round] = Time(contestants[i]);
        return [.. times.Select(Median)];
    }

    /// <summary>The measurements of contestants that each took all events of so many bytes.</summary>
    public static IReadOnlyList<Measurement> Compare(
        string[] names, TimeSpan[] times, long events, long bytes)
    {
        Invariant.Check(names.Length == times.Length);
        return
        [
            .. names.Select((name, i) => new Measurement(
                name, events / times[i].TotalSeconds, bytes / 1e6 / times[i].TotalSeconds,
                    times[0] / times[i])),
        ];
    }

    private static TimeSpan Time(Action contestant)
    {
        // What one leaves behind must not be collected on another's time.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        contestant();
        return Environment.CpuUsage.TotalTime - before;
    }

    private static TimeSpan Median(TimeSpan[] times)
    {
        Array.Sort(times);
        return times[times.Length / 2];
    }
}
