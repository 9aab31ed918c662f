using Millrace.JobManager;
using Millrace.JobManager.Execution;
using Millrace.Run.Events;

namespace Millrace.Run.Jobs;

/// <summary>One started job, from its submission to its end.</summary>
/// <param name="topics">What the job's topics hold, together.</param>
internal sealed class JobRun(CatalogJob job, JobId id, TopicSize topics, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private TimeSpan? _duration;

    public CatalogJob Job => job;

    public JobId Id => id;

    /// <summary>What the job's topics hold, each event once.</summary>
    public long EventCount => topics.Events;

    public JobObservation Last { get; private set; } = new() { State = JobState.Initializing };

    public bool HasEnded => Last.State.IsTerminal();

    public bool HasFinished => Last.State == JobState.Finished;

    /// <summary>Flink's name of the state.</summary>
    public string StateName => Last.State.ToString().ToUpperInvariant();

    /// <summary>From the submission to the end, or to now.</summary>
    public TimeSpan Elapsed => _duration ?? time.GetElapsedTime(_started);

    /// <summary>
    /// The share of this process's processor time that went into the job, all attempts together.
    /// </summary>
    public TimeSpan ProcessorTime { get; set; }

    /// <summary>
    /// How far the job has come in its topics, by their bytes; what a restart repeats counts once.
    /// </summary>
    public long EventsRead { get; private set; }

    /// <summary>How far the job is behind the end of its topics, in events.</summary>
    public long Lag => EventCount - EventsRead;

    public double EventsPerSecond => EventsRead / Math.Max(Elapsed.TotalSeconds, 0.001);

    public double EventsPerCoreSecond => EventsRead / Math.Max(ProcessorTime.TotalSeconds, 0.001);

    public void Observe(JobObservation observation)
    {
        Last = observation;
        if (HasEnded)
            _duration ??= time.GetElapsedTime(_started);
        if (HasFinished)
            EventsRead = EventCount;
        else if (observation.PendingBytes is { } pending && topics.Bytes > 0)
            EventsRead = (long)((Int128)(topics.Bytes - Math.Clamp(pending, 0, topics.Bytes))
                * EventCount / topics.Bytes);
    }
}
