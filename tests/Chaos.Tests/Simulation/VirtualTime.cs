using Akka.Dispatch;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>
/// The clock and the only thread of a simulation: mailboxes that are ready run one at a time in an order that
/// the seed gives; when none is, the clock jumps to what is due next.
/// </summary>
/// <remarks>
/// Until <see cref="Drive"/> and after <see cref="Release"/> mailboxes run on pool threads, so that an actor
/// system can start and stop as it always does.
/// </remarks>
internal sealed class VirtualTime(Random random)
{
    private readonly PriorityQueue<Action, (long At, long Order)> _due = new();
    private readonly List<IRunnable> _ready = [];
    private readonly Lock _lock = new();
    private bool _isDriven;
    private long _order;
    private int _outstanding;

    public DateTimeOffset Now { get; private set; } = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How many mailbox runs and timed actions there were: the same for the same seed.</summary>
    public long Steps { get; private set; }

    public void After(TimeSpan delay, Action act)
    {
        lock (_lock)
            _due.Enqueue(act, ((Now + delay).Ticks, _order++));
    }

    public void Execute(IRunnable mailbox)
    {
        lock (_lock)
        {
            if (_isDriven)
            {
                _ready.Add(mailbox);
                return;
            }
        }
        Interlocked.Increment(ref _outstanding);
        ThreadPool.UnsafeQueueUserWorkItem(_ =>
        {
            mailbox.Run();
            Interlocked.Decrement(ref _outstanding);
        }, null);
    }

    /// <summary>From here on everything runs on the thread that calls <see cref="Step"/>.</summary>
    public void Drive()
    {
        SpinWait.SpinUntil(() => Volatile.Read(ref _outstanding) == 0);
        lock (_lock) _isDriven = true;
        SpinWait.SpinUntil(() => Volatile.Read(ref _outstanding) == 0);
    }

    public void Release()
    {
        List<IRunnable> left;
        lock (_lock)
        {
            _isDriven = false;
            left = [.. _ready];
            _ready.Clear();
            _due.Clear();
        }
        foreach (IRunnable mailbox in left) Execute(mailbox);
    }

    /// <returns>False when nothing is ready and nothing will be.</returns>
    public bool Step()
    {
        Action act;
        lock (_lock)
        {
            if (_ready.Count > 0)
            {
                int chosen = random.Next(_ready.Count);
                IRunnable mailbox = _ready[chosen];
                _ready.RemoveAt(chosen);
                act = mailbox.Run;
            }
            else if (_due.TryDequeue(out Action? next, out (long At, long Order) at))
            {
                Now = new DateTimeOffset(Math.Max(at.At, Now.Ticks), TimeSpan.Zero);
                act = next;
            }
            else
            {
                return false;
            }
        }
        Steps++;
        // Continuations of tasks must run here too: they do when no context wants them elsewhere.
        SynchronizationContext.SetSynchronizationContext(null);
        act();
        BrokenPromiseException.ThrowIfAny();
        return true;
    }
}
