using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;

namespace Millrace.TaskManager.Exchange;

/// <summary>
/// The batches that a barrier has overtaken in the channels of one gate: they lie before the barrier and are
/// not in the state, so they become part of the snapshot. Complete when the barrier has arrived on every
/// channel.
/// </summary>
/// <remarks>
/// Batches are retained, not copied. Only batches are kept: a restored sender says anew whether it is
/// idle and how far time is, and a watermark that comes later is as good a promise. Any thread may call it.
/// </remarks>
internal sealed class InFlightCapture(CheckpointId checkpoint) : IDisposable
{
    /// <summary>Beyond this the checkpoint fails: a sender goes on and on without the barrier.</summary>
    public const long MaxBytes = 256 << 20;

    private readonly Lock _lock = new();
    private List<InFlightBatch> _batches = [];
    private int _open = 1;
    private long _sizeBytes;
    private bool _over;

    public CheckpointId Checkpoint => checkpoint;

    /// <summary>Why there can be no snapshot; null as long as there can.</summary>
    public string? Failure { get; private set; }

    /// <summary>Whether nothing more will be added.</summary>
    public bool IsOver
    {
        get
        {
            lock (_lock) return _over;
        }
    }

    /// <summary>One more channel is captured until its <see cref="End"/>.</summary>
    public void Begin()
    {
        lock (_lock) _open++;
    }

    /// <summary>The barrier has arrived, or (once, after all channels have begun) all have begun.</summary>
    public void End()
    {
        lock (_lock) _over |= --_open == 0;
    }

    /// <summary>Adds a reference; batches of one channel come in its order.</summary>
    public void Add(int input, ColumnBatch batch)
    {
        lock (_lock)
        {
            if (_over) return;
            _batches.Add(new InFlightBatch(input, batch.Retain()));
            _sizeBytes += batch.SizeBytes;
            if (_sizeBytes > MaxBytes) Fail($"more than {MaxBytes >> 20} MB of records are in flight");
        }
    }

    /// <summary>The barrier will never arrive on some channel.</summary>
    public void Fail(string why)
    {
        lock (_lock)
        {
            Failure ??= why;
            _over = true;
        }
    }

    /// <summary>Everything captured; the references are the caller's.</summary>
    public List<InFlightBatch> Take()
    {
        lock (_lock)
        {
            _over = true;
            List<InFlightBatch> taken = _batches;
            _batches = [];
            return taken;
        }
    }

    public void Dispose()
    {
        foreach (InFlightBatch batch in Take()) batch.Batch.Release();
    }
}

/// <summary>A batch in a channel of the input; whoever has it owns one reference.</summary>
internal readonly record struct InFlightBatch(int Input, ColumnBatch Batch);
