using Microsoft.Extensions.Time.Testing;
using Millrace.JobManager;
using Millrace.JobManager.Execution;
using Millrace.Run.Events;
using Millrace.Run.Jobs;
using Xunit;

namespace Millrace.LocalCluster.Tests.Run;

public sealed class JobRunTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Progress_follows_the_bytes_that_are_left_and_keeps_its_place_through_a_restart()
    {
        JobRun run = NewRun();
        run.Observe(new JobObservation { State = JobState.Running, PendingBytes = 750 });
        Assert.Equal((25, 75), (run.EventsRead, run.Lag));
        run.Observe(new JobObservation { State = JobState.Restarting });
        Assert.Equal(25, run.EventsRead);
        run.Observe(new JobObservation { State = JobState.Running, PendingBytes = 800 });
        Assert.Equal(20, run.EventsRead);
    }

    [Fact]
    public void A_finished_job_has_read_everything_and_its_time_stands_still()
    {
        JobRun run = NewRun();
        _time.Advance(TimeSpan.FromSeconds(2));
        run.Observe(new JobObservation { State = JobState.Finished });
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((100, 0L), (run.EventsRead, run.Lag));
        Assert.Equal(TimeSpan.FromSeconds(2), run.Elapsed);
        Assert.Equal(50, run.EventsPerSecond);
    }

    [Fact]
    public void Processor_time_is_divided_by_what_the_subtasks_have_used_in_every_attempt()
    {
        TimeSpan process = TimeSpan.Zero;
        ProcessorShares shares = new(() => process);
        JobRun one = NewRun(), other = NewRun();
        void Divide(double processSeconds, JobObservation first, JobObservation second)
        {
            process = TimeSpan.FromSeconds(processSeconds);
            one.Observe(first);
            other.Observe(second);
            shares.Divide([one, other]);
        }

        Divide(4, Used(1, 1), Used(1, 3));
        Assert.Equal((1, 3), (one.ProcessorTime.TotalSeconds, other.ProcessorTime.TotalSeconds));
        Divide(6, Used(2, 0.5), Used(1, 3));
        Assert.Equal((3, 3), (one.ProcessorTime.TotalSeconds, other.ProcessorTime.TotalSeconds));
        Divide(8, Used(2, 0.5), Used(1, 3));
        Assert.Equal((4, 4), (one.ProcessorTime.TotalSeconds, other.ProcessorTime.TotalSeconds));
    }

    private static JobObservation Used(int attempt, double seconds) => new()
    {
        State = JobState.Running,
        Attempt = attempt,
        ProcessorTime = TimeSpan.FromSeconds(seconds),
    };

    private JobRun NewRun() => new(JobCatalog.All[0], new JobId("0"), new TopicSize(100, 1_000), _time);
}
