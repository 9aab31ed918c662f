using System.Collections.Immutable;
using Akka.Actor;

namespace Millrace.TaskManager.Slots;

/// <summary>A slot stops all that runs in it and forgets its job.</summary>
internal sealed record FenceSlot
{
    public static readonly FenceSlot Instance = new();
}

/// <summary>
/// The node obeys a leader of this term from now on: a slot stops what one of a lower term has left there,
/// and takes nothing from it any more.
/// </summary>
internal sealed record ObeyTerm(long Term);

/// <summary>To the TaskManager's actor: the lease has run out and everything was told to stop.</summary>
internal sealed record LeaseRunOut
{
    public static readonly LeaseRunOut Instance = new();
}

/// <summary>
/// To the TaskManager's actor: the process has stood still (a signal, a suspended machine) for longer than
/// its lease; the others may have gone on without it, or be gone.
/// </summary>
internal sealed record WokenUp
{
    public static readonly WokenUp Instance = new();
}

/// <summary>
/// Stops a TaskManager's work when its lease has run out. A timer's thread does it, not an actor: it must
/// also happen while mailboxes are full, and first of all when a stopped process wakes up.
/// </summary>
/// <param name="cancelAll">Cancels every subtask of the node and returns at once.</param>
internal sealed class LeaseGuard(Lease lease, Action cancelAll) : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private ITimer? _timer;
    private volatile Followers _followers = new(ActorRefs.Nobody, []);
    private int _fences;
    private long _lastLook;

    public Lease Lease => lease;

    /// <summary>How often everything was stopped.</summary>
    public int Fences => Volatile.Read(ref _fences);

    public void Start(TimeProvider time)
    {
        _lastLook = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Look(time), null, LookInterval, LookInterval);
    }

    /// <summary>Who is to be told.</summary>
    public void Follow(IActorRef taskManager, IEnumerable<IActorRef> slots) =>
        _followers = new Followers(taskManager, [.. slots]);

    /// <summary>
    /// Slots are told before their subtasks are canceled: they must not report that as a failure of the job.
    /// </summary>
    public void Fence()
    {
        lease.GiveUp();
        Interlocked.Increment(ref _fences);
        foreach (IActorRef slot in _followers.Slots) slot.Tell(FenceSlot.Instance, ActorRefs.NoSender);
        cancelAll();
    }

    public void Dispose() => _timer?.Dispose();

    private void Look(TimeProvider time)
    {
        long now = time.GetTimestamp();
        TimeSpan sinceLastLook = time.GetElapsedTime(Interlocked.Exchange(ref _lastLook, now), now);
        TimeSpan length = lease.Length;
        if (lease.TakeRunOut())
        {
            Fence();
            _followers.TaskManager.Tell(LeaseRunOut.Instance, ActorRefs.NoSender);
        }
        if (length > TimeSpan.Zero && sinceLastLook >= length)
            _followers.TaskManager.Tell(WokenUp.Instance, ActorRefs.NoSender);
    }

    private sealed record Followers(IActorRef TaskManager, ImmutableArray<IActorRef> Slots);
}
