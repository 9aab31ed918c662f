using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>
/// Finds the simulation that an actor system belongs to, by the number in its configuration.
/// </summary>
internal static class Simulations
{
    private static readonly ConcurrentDictionary<int, Simulation> Running = new();
    private static int _last;

    public static int Add(Simulation simulation)
    {
        int number = Interlocked.Increment(ref _last);
        Running[number] = simulation;
        return number;
    }

    public static Simulation Of(Config config) => Running[config.GetInt("simulation")];

    public static void Remove(int number) => Running.TryRemove(number, out _);
}

/// <summary>Named in the dispatchers' configuration.</summary>
public sealed class SimulatedExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id) => new Executor(id, Simulations.Of(Config).Time);

    private sealed class Executor(string id, VirtualTime time) : ExecutorService(id)
    {
        public override void Execute(IRunnable run) => time.Execute(run);

        public override void Shutdown()
        {
        }
    }
}

/// <summary>Named in the configuration: Akka's timers on the simulation's clock.</summary>
public sealed class SimulatedScheduler : SchedulerBase
{
    private readonly Simulation _simulation;

    public SimulatedScheduler(Config scheduler, ILoggingAdapter log) : base(scheduler, log) =>
        _simulation = Simulations.Of(scheduler);

    public override TimeSpan MonotonicClock => TimeNow - DateTimeOffset.UnixEpoch;

    public override TimeSpan HighResMonotonicClock => MonotonicClock;

    protected override DateTimeOffset TimeNow => _simulation.Time.Now;

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Once(delay, receiver, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender,
        ICancelable cancelable) =>
        Repeatedly(initialDelay, interval, receiver, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Once(delay, null, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Once(delay, null, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Repeatedly(initialDelay, interval, null, action, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Repeatedly(initialDelay, interval, null, action.Run, cancelable);

    private void Once(TimeSpan delay, ICanTell? receiver, Action act, ICancelable? cancelable) =>
        _simulation.After(_simulation.ProcessOf(receiver), delay, () =>
        {
            if (cancelable is not { IsCancellationRequested: true }) act();
        });

    private void Repeatedly(
        TimeSpan delay, TimeSpan interval, ICanTell? receiver, Action act, ICancelable? cancelable) =>
        Once(delay, receiver, () =>
        {
            if (_simulation.ProcessOf(receiver) is { IsAlive: false }) return;
            act();
            Repeatedly(interval, interval, receiver, act, cancelable);
        }, cancelable);
}
