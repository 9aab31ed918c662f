using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;

namespace Millrace.Operators.Sources;

/// <summary>
/// One split of a source in its subtask: how far it was read and how far its event time is.
/// </summary>
internal sealed class SplitProgress(
    string name, byte[]? position, Watermark watermark, bool isEnded) : IDisposable
{
    private ISplitReader? _reader;
    private byte[]? _position = position;

    public string Name { get; } = name;

    /// <summary>
    /// The highest value of the watermark expression so far; <see cref="Watermark.None"/> before the first.
    /// </summary>
    public Watermark Watermark { get; private set; } = watermark;

    public bool IsEnded { get; private set; } = isEnded;

    /// <summary>Had nothing to read for the idle timeout, and has had nothing since.</summary>
    public bool IsIdle { get; private set; }

    /// <summary>
    /// The timestamp (<see cref="TimeProvider.GetTimestamp"/>) since when there was nothing to read, or null.
    /// </summary>
    public long? WaitingSince { get; private set; }

    /// <summary>The timestamp of the last read while it had nothing to read, or null.</summary>
    public long? PolledAt { get; private set; }

    /// <summary>
    /// When it was last read, in reads of the source; breaks ties so that splits take turns.
    /// </summary>
    public long LastTurn { get; set; }

    /// <summary>Where to go on after the rows read so far; null at the beginning.</summary>
    public byte[]? Position => _reader?.Position ?? _position;

    public long RemainingBytes => IsEnded ? 0 : _reader?.RemainingBytes ?? -1;

    public ISplitReader Reader(ISourceConnector connector) => _reader ??= connector.Open(Name, _position);

    public void Advance(Watermark watermark)
    {
        if (watermark > Watermark) Watermark = watermark;
    }

    public void HasRows()
    {
        IsIdle = false;
        WaitingSince = null;
        PolledAt = null;
    }

    public void Waits(long now)
    {
        WaitingSince ??= now;
        PolledAt = now;
    }

    public void GoIdle() => IsIdle = true;

    public void End()
    {
        Invariant.Check(!IsEnded);
        _position = _reader!.Position;
        HasRows();
        IsEnded = true;
        Dispose();
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _reader = null;
    }
}
