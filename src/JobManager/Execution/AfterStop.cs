using Millrace.Shared.Graph;

namespace Millrace.JobManager.Execution;

/// <summary>
/// What happens once subtasks have stopped: of a region that restarts, of the job for all else.
/// </summary>
internal abstract record AfterStop
{
    /// <param name="IsCounted">The restart strategy has decided on it.</param>
    public sealed record Restart(TimeSpan Delay, bool IsCounted) : AfterStop;

    public sealed record Fail(string Reason) : AfterStop;

    public sealed record Cancel : AfterStop;

    public sealed record Finish : AfterStop;

    /// <summary>The job goes on with this graph.</summary>
    public sealed record Replace(JobGraph Graph) : AfterStop;
}
