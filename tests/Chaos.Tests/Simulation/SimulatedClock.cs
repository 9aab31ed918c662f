namespace Millrace.Chaos.Tests.Simulation;

/// <summary>What a process of a simulation takes for the time; while it is paused its timers wait.</summary>
internal sealed class SimulatedClock(Simulation simulation, SimulatedProcess process) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => simulation.Time.Now.Ticks;

    public override DateTimeOffset GetUtcNow() => simulation.Time.Now;

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(simulation, process, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(Simulation simulation, SimulatedProcess process, Action callback) : ITimer
    {
        private int _version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Schedule(++_version, dueTime, period);
            return true;
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Schedule(int version, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan) return;
            simulation.After(process, dueTime, () =>
            {
                if (version != _version) return;
                callback();
                Schedule(version, period, period);
            });
        }
    }
}
