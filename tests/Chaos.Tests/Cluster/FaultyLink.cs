using System.Collections.Concurrent;
using System.Text;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>What happens to what one node sends to another; the other direction is another link.</summary>
internal sealed class FaultyLink
{
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentDictionary<string, int> _left = [];
    private int _swallowed;
    private volatile bool _isCut;

    /// <summary>
    /// Messages are swallowed without a word, and records wait: sockets stay open and ports answer, as with a
    /// pulled cable.
    /// </summary>
    public bool IsCut
    {
        get => _isCut;
        set => _isCut = value;
    }

    public TimeSpan Delay { get; set; }

    /// <summary>Messages that were lost here, cut off or by their type.</summary>
    public int Swallowed => Volatile.Read(ref _swallowed);

    /// <summary>So many messages of the type are lost from now on.</summary>
    public void Lose(Type message, int count) => _left[$"millrace.{message.Name}"] = count;

    /// <summary>Those that were to be lost and have not been sent yet.</summary>
    public int LeftToLose => _left.Values.Sum();

    /// <param name="payload">As it goes onto the wire; the name of a message's type is in it.</param>
    public bool Swallows(ReadOnlySpan<byte> payload)
    {
        if (!IsCut && !IsToBeLost(payload)) return false;
        Interlocked.Increment(ref _swallowed);
        return true;
    }

    /// <summary>When what is sent now may go on.</summary>
    public async Task PassAsync(CancellationToken cancel)
    {
        if (Delay > TimeSpan.Zero) await Task.Delay(Delay, cancel);
        while (IsCut) await Task.Delay(LookPause, cancel);
    }

    private bool IsToBeLost(ReadOnlySpan<byte> payload)
    {
        foreach ((string name, int left) in _left)
            if (left > 0 && payload.IndexOf(Encoding.ASCII.GetBytes(name)) >= 0 && TakeOne(name)) return true;
        return false;
    }

    private bool TakeOne(string name)
    {
        while (_left[name] is > 0 and var left)
            if (_left.TryUpdate(name, left - 1, left)) return true;
        return false;
    }
}
