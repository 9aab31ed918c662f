using Millrace.Run.Jobs;

namespace Millrace.Run.Reports;

/// <summary>Shows how far the jobs are while they run.</summary>
internal interface IProgressDisplay
{
    /// <summary>Runs the work, which reports all jobs each time it has observed them.</summary>
    Task ShowAsync(IReadOnlyList<JobRun> runs, Func<Action, Task> work);
}
