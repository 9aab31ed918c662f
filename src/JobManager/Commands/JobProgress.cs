using Millrace.Shared.Messages;

namespace Millrace.JobManager.Commands;

/// <summary>How far a job has come in its sources, by successive reports.</summary>
internal sealed class JobProgress(TimeProvider time)
{
    private const string Pending = "pendingBytes";

    private long _mostPending;
    private long _lastRecords;
    private int _attempt;
    private long _lastAt = time.GetTimestamp();

    /// <summary>Records that the sources of the present attempt have read.</summary>
    public long Records { get; private set; }

    /// <summary>Now; of a job that has ended, from its first run to its end.</summary>
    public double RecordsPerSecond { get; private set; }

    /// <summary>Null where a source does not know.</summary>
    public long? PendingBytes { get; private set; }

    /// <summary>
    /// Of the most that was ever seen pending, the share that is read; null where a source does not know.
    /// </summary>
    public double? Share { get; private set; }

    public void Observe(JobReport report)
    {
        List<OperatorMetrics> sources = [.. report.Vertices.SelectMany(v => v.Subtasks)
            .SelectMany(s => s.Operators).Where(o => o.Values.ContainsKey(Pending))];
        Records = (long)sources.Sum(o => o.Values.GetValueOrDefault("numRecordsIn"));
        ObserveRate(report.Attempt);
        bool isKnown = sources.Count > 0 && sources.TrueForAll(o => o.Values[Pending] >= 0);
        PendingBytes = isKnown ? (long)sources.Sum(o => o.Values[Pending]) : null;
        _mostPending = Math.Max(_mostPending, PendingBytes ?? 0);
        Share = PendingBytes is { } pending && _mostPending > 0 ? 1 - (double)pending / _mostPending : null;
        if (report.State == JobStateCode.JobFinished) Share = 1;
        if (report.EndedAt > report.RunningSince && report.RunningSince > 0)
            RecordsPerSecond = Math.Round(Records * 1000.0 / (report.EndedAt - report.RunningSince));
    }

    /// <summary>A new attempt counts from nothing.</summary>
    private void ObserveRate(int attempt)
    {
        double seconds = time.GetElapsedTime(_lastAt).TotalSeconds;
        RecordsPerSecond = attempt == _attempt && seconds > 0 && Records >= _lastRecords
            ? Math.Round((Records - _lastRecords) / seconds)
            : 0;
        (_attempt, _lastRecords, _lastAt) = (attempt, Records, time.GetTimestamp());
    }
}
