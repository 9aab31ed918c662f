using Millrace.Shared.Errors;
using Millrace.Shared.Metrics;

namespace Millrace.TaskManager.Runtime;

/// <summary>
/// Drives one subtask: steps while there is work, waits while there is none, reports how it ended.
/// </summary>
internal sealed class SubtaskThread
{
    /// <summary>How often a source that found nothing is asked again.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private readonly SubtaskDescriptor _descriptor;
    private readonly SubtaskEnvironment _environment;
    private readonly ISubtaskListener _listener;
    private readonly Action _ended;
    private readonly WakeSignal _wake = new();
    private readonly Thread _thread;
    private readonly CancellationToken _cancel;
    private readonly Action _endWaits;
    private volatile bool _canceled;
    private volatile Subtask? _subtask;
    private long _cpuNanoseconds;

    public SubtaskThread(
        SubtaskDescriptor descriptor,
        SubtaskEnvironment environment,
        ISubtaskListener listener,
        Action ended)
    {
        _descriptor = descriptor;
        _environment = environment;
        _listener = listener;
        _ended = ended;
        // Not disposed: Cancel may come at any time, also after the end.
        var cancel = new CancellationTokenSource();
        _cancel = cancel.Token;
        _endWaits = cancel.Cancel;
        _thread = environment.NewThread(
            $"subtask {descriptor.Id.Vertex}-{descriptor.Id.SubtaskIndex}", Run);
    }

    /// <summary>Null until it is built and after it has ended.</summary>
    public Subtask? Subtask => _subtask;

    public void Start() => _thread.Start();

    public void Cancel()
    {
        _canceled = true;
        _endWaits();
        _wake.Set();
    }

    public void Join() => _thread.Join();

    private void Run()
    {
        Exception? failure = null;
        bool finished = false;
        Subtask? subtask = null;
        try
        {
            subtask = new Subtask(_descriptor, _environment, _listener, () => _wake.Set(), _cancel);
            _subtask = subtask;
            finished = Drive(subtask);
        }
        catch (Exception e)
        {
            failure = e;
        }
        failure = Close(subtask) ?? failure;
        _ended();
        Report(finished, failure);
    }

    /// <returns>True when the subtask has finished, false when it was canceled.</returns>
    private bool Drive(Subtask subtask)
    {
        MetricGroup metrics = subtask.Metrics[""];
        Counter idle = metrics.Counter("idleTimeNs");
        Counter backpressured = metrics.Counter("backPressuredTimeNs");
        metrics.Gauge("cpuTimeNs", () => Volatile.Read(ref _cpuNanoseconds));
        subtask.Open();
        while (!_canceled)
        {
            StepResult result = subtask.Step();
            if (result == StepResult.Worked) continue;
            Volatile.Write(ref _cpuNanoseconds, ThreadCpuTime.Nanoseconds());
            if (result == StepResult.Done) return true;
            Wait(subtask, result == StepResult.Idle ? idle : backpressured);
        }
        return false;
    }

    private void Wait(Subtask subtask, Counter counter)
    {
        long start = _environment.Time.GetTimestamp();
        _wake.Wait(subtask.PollsWhenIdle ? PollInterval : Timeout.InfiniteTimeSpan);
        counter.Add((long)_environment.Time.GetElapsedTime(start).TotalNanoseconds);
    }

    private Exception? Close(Subtask? subtask)
    {
        _subtask = null;
        try
        {
            subtask?.Dispose();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private void Report(bool finished, Exception? failure)
    {
        if (_canceled) _listener.Canceled(_descriptor.Id);
        else if (finished && failure is null) _listener.Finished(_descriptor.Id);
        else _listener.Failed(_descriptor.Id, KindOf(failure!), Describe(failure!));
    }

    private static ErrorKind KindOf(Exception failure) => failure switch
    {
        MillraceException e => e.Kind,
        IOException => ErrorKind.Unavailable,
        _ => ErrorKind.Bug,
    };

    private string Describe(Exception failure)
    {
        string what = failure is MillraceException or IOException ? failure.Message : failure.ToString();
        return $"{_descriptor.Describe()}: {what}";
    }
}
