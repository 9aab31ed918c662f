using System.Diagnostics;

namespace Millrace.Cluster.Tests.Chaos;

/// <summary>
/// Makes jobs last as long as the chaos, however fast the machine is: holds the lock of their results
/// whenever they are further than they should be. What waits for a lock, and who held it when it was killed,
/// is a part of the chaos.
/// </summary>
/// <param name="allowed">How far they should be now, 0..1.</param>
internal sealed class Brake(EdNetJobs jobs, Func<double> allowed)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>For a flush or two.</summary>
    private static readonly TimeSpan Free = TimeSpan.FromMilliseconds(100);

    /// <summary>Far below the time for which a sink waits for a lock.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(10);

    /// <summary>Until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken release)
    {
        while (!release.IsCancellationRequested)
        {
            if (MayGoOn())
            {
                await Task.Delay(Free, CancellationToken.None);
                continue;
            }
            using (IDisposable? held = jobs.Results.TryLock())
            {
                var time = Stopwatch.StartNew();
                while (held is not null && !release.IsCancellationRequested && time.Elapsed < LongestHold
                    && !MayGoOn())
                    await Task.Delay(Look, CancellationToken.None);
            }
            await Task.Delay(Look, CancellationToken.None);
        }
    }

    private bool MayGoOn() => jobs.Progress() < allowed();
}
