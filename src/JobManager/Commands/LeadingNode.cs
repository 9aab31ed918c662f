using Akka.Actor;

namespace Millrace.JobManager.Commands;

/// <summary>
/// The node that leads, by membership as this node sees it: the oldest JobManager. Any thread;
/// <see cref="LeaderWatch"/> keeps it.
/// </summary>
internal sealed class LeadingNode
{
    private volatile Address? _address;
    private volatile TaskCompletionSource _moved = NewSource();

    /// <summary>Null: there is none, or nothing is known yet.</summary>
    public Address? Address => _address;

    public void Set(Address? address)
    {
        if (Equals(_address, address)) return;
        _address = address;
        Interlocked.Exchange(ref _moved, NewSource()).SetResult();
    }

    /// <summary>
    /// Waits until another node leads than this one; that nobody leads for a while does not count.
    /// </summary>
    public async Task MovedAsync(Address? from, CancellationToken cancel)
    {
        while (true)
        {
            // Taken before it is looked: what changes afterwards completes it.
            Task moved = _moved.Task;
            if (_address is { } now && !now.Equals(from)) return;
            await moved.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewSource() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
