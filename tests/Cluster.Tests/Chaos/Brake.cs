using System.Diagnostics;

namespace Millrace.Cluster.Tests.Chaos;

/// <summary>
/// Makes jobs last as long as the chaos, however fast the machine is: holds the lock of their results
/// whenever they are further than they should be, from when it is made until it is disposed. What waits for a
/// lock, and who held it when it was killed, is a part of the chaos.
/// </summary>
/// <remarks>To be made before the jobs are submitted, else they may be over when it begins.</remarks>
internal sealed class Brake : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>For a flush or two.</summary>
    private static readonly TimeSpan Free = TimeSpan.FromMilliseconds(100);

    /// <summary>Far below the time for which a sink waits for a lock.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(10);

    /// <summary>How far those that write already may be until all have made their tables, 0..1.</summary>
    private const double AllowedFirst = 0.2;

    private readonly EdNetJobs _jobs;
    private readonly Func<double> _allowed;
    private readonly CancellationTokenSource _release = new();
    private readonly Task _braking;

    /// <param name="allowed">How far they should be now, 0..1, once all have made their tables; null: no further
    /// than they are then.</param>
    public Brake(EdNetJobs jobs, Func<double>? allowed = null)
    {
        _jobs = jobs;
        _allowed = allowed ?? (() => 0);
        _braking = Task.Run(RunAsync);
    }

    /// <summary>The jobs may finish.</summary>
    public async ValueTask DisposeAsync()
    {
        await _release.CancelAsync();
        await _braking;
        _release.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_release.IsCancellationRequested)
        {
            if (MayGoOn())
            {
                await Task.Delay(Free, CancellationToken.None);
                continue;
            }
            using (IDisposable? held = _jobs.Results.TryLock())
            {
                var time = Stopwatch.StartNew();
                while (held is not null && !_release.IsCancellationRequested && time.Elapsed < LongestHold
                    && !MayGoOn())
                    await Task.Delay(Look, CancellationToken.None);
            }
            await Task.Delay(Look, CancellationToken.None);
        }
    }

    private bool MayGoOn() => _jobs.Progress() < (_jobs.HaveResults() ? _allowed() : AllowedFirst);
}
