namespace Millrace.TaskManager.Slots;

/// <summary>
/// The right of this TaskManager to run subtasks, given by the leading JobManager for a while at a time. It
/// counts from when the message was sent that was answered, by this machine's monotonic clock: so it has run
/// out here before the JobManager, which counts from the receipt and longer, gives the work to others. Any
/// thread.
/// </summary>
internal sealed class Lease(TimeProvider time)
{
    /// <summary>Messages whose answers are awaited; an older one counts as lost.</summary>
    private const int Remembered = 64;

    private readonly Lock _lock = new();
    private readonly Queue<(long Number, long SentAt)> _sent = new();
    private long _lastNumber;
    private long _countsFrom;
    private TimeSpan _length;
    private bool _isHeld;

    /// <summary>Whether subtasks may run now.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_lock) return _isHeld && !HasRunOut;
        }
    }

    /// <summary>What was granted last; zero: none yet, or one that never runs out.</summary>
    public TimeSpan Length
    {
        get
        {
            lock (_lock) return _length;
        }
    }

    /// <summary>How often to renew: several times a lease; zero when it never runs out.</summary>
    public TimeSpan RenewInterval => Length / 8;

    private bool HasRunOut => _length > TimeSpan.Zero && time.GetElapsedTime(_countsFrom) >= _length;

    /// <summary>A registration or renewal is sent now.</summary>
    /// <returns>Its number.</returns>
    public long Send()
    {
        lock (_lock)
        {
            _sent.Enqueue((++_lastNumber, time.GetTimestamp()));
            if (_sent.Count > Remembered) _sent.Dequeue();
            return _lastNumber;
        }
    }

    /// <summary>A registration was answered.</summary>
    /// <param name="length">Zero: the lease never runs out.</param>
    /// <returns>False: too late, it counts as lost.</returns>
    public bool Grant(long number, TimeSpan length)
    {
        lock (_lock)
        {
            if (Find(number) is not { } sentAt) return false;
            _countsFrom = sentAt;
            _length = length;
            return _isHeld = true;
        }
    }

    /// <summary>A renewal was answered; one that has run out is not renewed but granted anew.</summary>
    public void Renew(long number)
    {
        lock (_lock)
        {
            if (!_isHeld || HasRunOut || Find(number) is not { } sentAt) return;
            _countsFrom = sentAt;
        }
    }

    /// <summary>Whether the message was sent since the lease was last given up, and counts.</summary>
    public bool IsAwaited(long number)
    {
        lock (_lock) return Find(number) is not null;
    }

    /// <summary>The lease is over, whatever answers still come to what was sent before.</summary>
    public void GiveUp()
    {
        lock (_lock)
        {
            _isHeld = false;
            _sent.Clear();
        }
    }

    /// <summary>True once after the lease has run out: all work must stop.</summary>
    public bool TakeRunOut()
    {
        lock (_lock)
        {
            if (!_isHeld || !HasRunOut) return false;
            _isHeld = false;
            _sent.Clear();
            return true;
        }
    }

    private long? Find(long number)
    {
        while (_sent.TryPeek(out var oldest) && oldest.Number < number) _sent.Dequeue();
        return _sent.TryPeek(out var sent) && sent.Number == number ? sent.SentAt : null;
    }
}
