using Millrace.Shared.Columns;
using Millrace.Shared.Errors;

namespace Millrace.TaskManager.Exchange.Network;

/// <summary>
/// The sending end of a channel to another process. Elements become frames on the writer's thread; a batch
/// without credit, and all that follows it, waits here.
/// </summary>
/// <param name="number">Names the channel on its connection.</param>
internal sealed class OutgoingChannel(
    OutgoingConnection connection,
    int number,
    ChannelId id,
    Action roomMade,
    Action<MillraceException> lost) : IChannelWriter
{
    private readonly Lock _lock = new();
    private readonly Queue<Frame> _pending = new();
    private CreditGrant _credit;
    private bool _ended;
    private bool _closed;
    private bool _over;
    private bool _greeted;
    private volatile bool _hasRoom;

    public ChannelId Id => id;

    public bool HasRoom => _hasRoom;

    public void Write(Element element)
    {
        if (element.Kind == ElementKind.Batch)
        {
            try
            {
                if (!_over) Write(element.Batch);
            }
            finally
            {
                element.Batch.Release();
            }
            return;
        }
        lock (_lock)
        {
            if (element.Kind == ElementKind.End) _ended = true;
            if (_over) return;
            if (element.Kind == ElementKind.Barrier && element.Barrier.AlignmentLimit is not null) Overdraw();
            Add(Frame.Of(number, element));
        }
    }

    /// <summary>What has been written before the end still goes out; otherwise nothing more does.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_closed) return;
            _closed = true;
            if (!_ended) End();
            if (_pending.Count == 0) connection.Close(number);
        }
    }

    /// <summary>The receiver lets more be sent.</summary>
    public void OnCredit(CreditGrant grant)
    {
        bool wake;
        lock (_lock)
        {
            _greeted = true;
            _credit = new CreditGrant(
                checked(_credit.Batches + grant.Batches),
                checked(_credit.Controls + grant.Controls),
                checked(_credit.Bytes + grant.Bytes));
            bool waited = _pending.Count > 0;
            while (_pending.TryPeek(out Frame next) && MayGo(next)) Pass(_pending.Dequeue());
            if (waited && _pending.Count == 0 && _closed) connection.Close(number);
            wake = SetRoom();
        }
        if (wake) roomMade();
    }

    /// <summary>The reader is gone: what is written from now on counts for nothing.</summary>
    public void OnStopped()
    {
        lock (_lock)
        {
            bool waited = _pending.Count > 0;
            End();
            if (waited && _closed) connection.Close(number);
        }
        roomMade();
    }

    /// <summary>The channel can't be used any more, and the subtask must fail.</summary>
    public void OnLost(MillraceException why)
    {
        bool tell;
        lock (_lock)
        {
            tell = !_over && !_closed;
            End();
        }
        if (tell) lost(why);
    }

    private void Write(ColumnBatch batch)
    {
        long size = BatchCodec.SizeOf(batch);
        if (size > connection.MaxPayloadBytes)
        {
            WriteHalves(batch, size);
            return;
        }
        Frame frame = Frame.Of(number, batch, (int)size, connection.Compresses);
        lock (_lock)
        {
            if (_over) frame.Release();
            else Add(frame);
        }
    }

    private void WriteHalves(ColumnBatch batch, long sizeBytes)
    {
        if (batch.RowCount <= 1)
            throw new MillraceException(
                ErrorKind.Invalid,
                $"A row of {sizeBytes} bytes is larger than what the exchange between processes takes "
                + $"({connection.MaxPayloadBytes} bytes).");
        int[] rows = [.. Enumerable.Range(0, batch.RowCount)];
        int middle = rows.Length / 2;
        WritePart(batch, rows.AsSpan(0, middle));
        WritePart(batch, rows.AsSpan(middle));
    }

    private void WritePart(ColumnBatch batch, ReadOnlySpan<int> rows)
    {
        ColumnBatch part = batch.Gather(rows);
        Write(part);
        part.Release();
    }

    private void Add(Frame frame)
    {
        if (_pending.Count > 0 || !MayGo(frame)) _pending.Enqueue(frame);
        else Pass(frame);
        SetRoom();
    }

    /// <summary>
    /// A barrier that may overtake records must reach the reader, who does it: nothing waits.
    /// </summary>
    private void Overdraw()
    {
        int batches = 0;
        long bytes = 0;
        foreach (Frame frame in _pending)
        {
            if (frame.Header.Kind != FrameKind.Batch) continue;
            batches++;
            bytes += frame.Header.RawBytes;
        }
        if (_credit.Batches - batches < -IncomingChannel.OverdraftBatches
            || _credit.Bytes - bytes < -IncomingChannel.OverdraftBytes || !_greeted) return;
        while (_pending.TryDequeue(out Frame frame)) Pass(frame);
    }

    private bool MayGo(Frame frame) =>
        frame.Header.Kind != FrameKind.Batch || (_credit.Batches > 0 && _credit.Bytes > 0);

    private void Pass(Frame frame)
    {
        _credit = frame.Header.Kind == FrameKind.Batch
            ? _credit with { Batches = _credit.Batches - 1, Bytes = _credit.Bytes - frame.Header.RawBytes }
            : _credit with { Controls = _credit.Controls - 1 };
        connection.Send(frame);
    }

    /// <returns>Whether there is room where there was none.</returns>
    private bool SetRoom()
    {
        bool had = _hasRoom;
        _hasRoom = _over
            || (_pending.Count == 0 && _credit.Batches > 0 && _credit.Bytes > 0 && _credit.Controls > 0);
        return _hasRoom && !had;
    }

    private void End()
    {
        _over = true;
        while (_pending.TryDequeue(out Frame frame)) frame.Release();
        SetRoom();
    }
}
