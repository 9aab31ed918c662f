using Millrace.Shared.Dataflow;

namespace Millrace.TaskManager.Exchange;

/// <summary>
/// The batches and watermarks that a barrier has overtaken in the channels of one gate: they lie before the
/// barrier and are not in the state, so they become part of the snapshot. Complete when the barrier has
/// arrived on every channel.
/// </summary>
/// <remarks>
/// Batches are retained, not copied. Whether a channel is idle is not kept: a restored sender says it anew.
/// Any thread may call it.
/// </remarks>
internal sealed class InFlightCapture(CheckpointId checkpoint) : IDisposable
{
    /// <summary>Beyond this the checkpoint fails: a sender goes on and on without the barrier.</summary>
    public const long MaxBytes = 256 << 20;

    private readonly Lock _lock = new();
    private List<InFlightElement> _elements = [];
    private int _open = 1;
    private long _sizeBytes;
    private bool _over;

    public CheckpointId Checkpoint => checkpoint;

    /// <summary>How far time was in each channel when the barrier overtook; set by the subtask.</summary>
    public WatermarkState Watermarks { get; set; }

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

    /// <summary>
    /// Keeps a batch, by a reference of its own, or a watermark; those of one channel come in its order.
    /// </summary>
    public void Add(int channel, Element element)
    {
        if (element.Kind is not (ElementKind.Batch or ElementKind.Watermark)) return;
        lock (_lock)
        {
            if (_over) return;
            _elements.Add(new InFlightElement(channel, element));
            if (element.Kind == ElementKind.Watermark) return;
            element.Batch.Retain();
            _sizeBytes += element.Batch.SizeBytes;
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
    public List<InFlightElement> Take()
    {
        lock (_lock)
        {
            _over = true;
            List<InFlightElement> taken = _elements;
            _elements = [];
            return taken;
        }
    }

    public void Dispose()
    {
        foreach (InFlightElement element in Take()) element.Release();
    }
}

/// <summary>A batch or a watermark in a channel; of a batch, whoever has it owns one reference.</summary>
/// <param name="Channel">Index of the channel in the gate.</param>
internal readonly record struct InFlightElement(int Channel, Element Element)
{
    public void Release()
    {
        if (Element.Kind == ElementKind.Batch) Element.Batch.Release();
    }
}
