using Millrace.Shared.Errors;

namespace Millrace.TaskManager.Exchange.Network;

/// <summary>
/// The receiving end of a channel from another process. Made by whichever comes first, its writer's
/// connection or its reader; holds at most the credits that were granted.
/// </summary>
/// <param name="removed">Called once, when nothing of the channel is left here.</param>
internal sealed class IncomingChannel(ExchangeOptions options, ChannelId id, Action<IncomingChannel> removed)
    : IChannelReader
{
    /// <summary>Control elements that a sender may have unread before it sees no room.</summary>
    public const int Controls = 256;

    /// <summary>
    /// What a sender may send without credit so that a barrier does not wait behind it: the output of one
    /// step.
    /// </summary>
    public const int OverdraftBatches = 16;
    public const int OverdraftBytes = 4 << 20;

    /// <summary>Beyond this the sender does not count.</summary>
    private const int MaxControls = 16 * Controls;

    private readonly Lock _lock = new();
    private readonly ElementQueue _elements = new();
    private IncomingConnection? _connection;
    private int _number;
    private ITimer? _claimTimer;
    private string? _peer;
    private Action _arrived = static () => { };
    private Action<MillraceException> _lost = static _ => { };
    private CreditGrant _granted = new(options.ChannelBatches, Controls, options.ChannelBytes);
    private CreditGrant _read;

    /// <summary>Nothing more is to come: the end has, or the subtask was told that it will not.</summary>
    private bool _complete;
    private bool _over;

    public ChannelId Id => id;

    public Barrier? Announced => _elements.Announced;

    /// <summary>The subtask that reads the channel is here.</summary>
    /// <param name="peer">Where the channel must come from.</param>
    /// <returns>False when the channel is over already; another one must be made.</returns>
    public bool TryClaim(string peer, Action arrived, Action<MillraceException> lost)
    {
        IncomingConnection? stranger = null;
        lock (_lock)
        {
            if (_over) return false;
            Invariant.Check(_peer is null);
            _peer = peer;
            _arrived = arrived;
            _lost = lost;
            _claimTimer?.Dispose();
            if (_connection is not null && _connection.Peer != peer) stranger = Detach();
        }
        stranger?.Send(Frame.Refuse(_number, WrongPeer(stranger.Peer)));
        return true;
    }

    /// <summary>The channel's writer is there.</summary>
    /// <param name="refusal">Why it can't be taken, or empty where it can.</param>
    /// <returns>False when the channel is over already; another one must be made.</returns>
    public bool TryAttach(IncomingConnection connection, int number, out string refusal)
    {
        refusal = "";
        lock (_lock)
        {
            if (_over) return false;
            if (_connection is not null)
                refusal = $"The channel {id} already comes from {_connection.Peer}.";
            else if (_peer is not null && _peer != connection.Peer)
                refusal = WrongPeer(connection.Peer);
            if (refusal.Length > 0) return true;
            _connection = connection;
            _number = number;
            if (_peer is null)
                _claimTimer = options.Time.CreateTimer(
                    static channel => ((IncomingChannel)channel!).OnUnclaimed(),
                    this, options.ClaimTimeout, Timeout.InfiniteTimeSpan);
            return true;
        }
    }

    /// <summary>Queues what a frame holds. On the connection's loop.</summary>
    /// <exception cref="InvalidDataException">The sender had no credit for it.</exception>
    public void OnFrame(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        lock (_lock) Count(header);
        if (_over) return;
        Element element = Frame.ReadElement(header, payload);
        bool wake;
        lock (_lock)
        {
            if (_over)
            {
                if (element.Kind == ElementKind.Batch) element.Batch.Release();
                return;
            }
            _complete |= element.Kind == ElementKind.End;
            wake = _elements.Enqueue(element, header.RawBytes);
        }
        if (wake) _arrived();
    }

    public bool TryRead(out Element element)
    {
        IncomingConnection? connection;
        CreditGrant grant;
        lock (_lock)
        {
            if (!_elements.TryDequeue(out element, out int bytes)) return false;
            grant = GrantFor(element, bytes);
            connection = _connection;
        }
        if (grant != default) connection?.Send(Frame.Credit(_number, grant));
        return true;
    }

    public void Capture(InFlightCapture capture, int channel)
    {
        lock (_lock) _elements.Capture(capture, channel);
    }

    public void EndCapture()
    {
        lock (_lock) _elements.EndCapture();
    }

    /// <summary>The writer is gone. What it wrote before an end can still be read.</summary>
    public void OnClosed()
    {
        bool leave;
        lock (_lock)
        {
            _connection = null;
            leave = _peer is null && !_complete && End();
        }
        if (leave) removed(this);
    }

    /// <summary>The process exchanges no more records, and no writer will come.</summary>
    public void OnDisposed(MillraceException why)
    {
        Action<MillraceException> tell;
        lock (_lock)
        {
            if (_over || _complete || _peer is null) return;
            _complete = true;
            tell = _lost;
        }
        tell(why);
    }

    /// <summary>Nothing more can arrive; a subtask that has not read the end must fail.</summary>
    public void OnLost(MillraceException why)
    {
        bool leave;
        Action<MillraceException>? tell;
        lock (_lock)
        {
            if (_connection is null) return;
            _connection = null;
            tell = _over || _complete ? null : _lost;
            leave = _peer is null && !_complete && End();
            _complete = true;
        }
        tell?.Invoke(why);
        if (leave) removed(this);
    }

    /// <summary>The reader is gone.</summary>
    public void Dispose()
    {
        IncomingConnection? connection;
        lock (_lock)
        {
            if (!End()) return;
            connection = Detach();
        }
        connection?.Send(Frame.Of(FrameKind.Stop, _number));
        removed(this);
    }

    private void OnUnclaimed()
    {
        IncomingConnection? connection;
        lock (_lock)
        {
            if (_peer is not null || !End()) return;
            connection = Detach();
        }
        connection?.Send(Frame.Refuse(
            _number, $"No subtask took {id} within {options.ClaimTimeout.TotalSeconds} s."));
        removed(this);
    }

    /// <summary>Takes the credits that the frame uses.</summary>
    private void Count(FrameHeader header)
    {
        if (header.Kind == FrameKind.Batch)
        {
            if (_granted.Batches <= -OverdraftBatches || _granted.Bytes <= -OverdraftBytes)
                throw new InvalidDataException($"a batch on channel {id} came without credit");
            _granted = _granted with
            {
                Batches = _granted.Batches - 1,
                Bytes = _granted.Bytes - header.RawBytes,
            };
        }
        else if (_over || _granted.Controls > Controls - MaxControls)
        {
            _granted = _granted with { Controls = _granted.Controls - 1 };
        }
        else
        {
            throw new InvalidDataException($"{MaxControls} control elements on channel {id} are unread");
        }
    }

    /// <summary>Credits are granted again by halves: few frames, and none waits for the last
    /// element.</summary>
    private CreditGrant GrantFor(Element element, int bytes)
    {
        _read = element.Kind == ElementKind.Batch
            ? _read with { Batches = _read.Batches + 1, Bytes = _read.Bytes + bytes }
            : _read with { Controls = _read.Controls + 1 };
        if (2 * _read.Batches < options.ChannelBatches && 2 * _read.Bytes < options.ChannelBytes
            && 2 * _read.Controls < Controls) return default;
        CreditGrant grant = _read;
        _read = default;
        _granted = new CreditGrant(
            _granted.Batches + grant.Batches,
            _granted.Controls + grant.Controls,
            _granted.Bytes + grant.Bytes);
        return grant;
    }

    private IncomingConnection? Detach()
    {
        IncomingConnection? connection = _connection;
        _connection = null;
        return connection;
    }

    /// <returns>False when it was over before.</returns>
    private bool End()
    {
        if (_over) return false;
        _over = true;
        _claimTimer?.Dispose();
        _elements.Clear();
        return true;
    }

    private string WrongPeer(string peer) => $"The channel {id} must come from {_peer}, not from {peer}.";
}
