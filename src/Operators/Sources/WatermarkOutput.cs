using Millrace.Shared.Dataflow;

namespace Millrace.Operators.Sources;

/// <summary>
/// Sends the source's watermark and idleness on. As Flink's watermark assigner it starts at 0, so a watermark
/// at or before 1970-01-01 00:00:00.000 is never sent; an advance of more than the interval goes out at once,
/// a smaller one when the interval has passed on the clock.
/// </summary>
/// <param name="intervalMs">0 sends every advance.</param>
internal sealed class WatermarkOutput(ISourceOutput output, TimeProvider time, long intervalMs)
{
    private Watermark _sent = new(0);
    private long _sentAt = time.GetTimestamp();
    private bool _isIdle;
    private bool _hasEnded;

    public void Advance(Watermark watermark, bool isIdle)
    {
        if (!isIdle) SetIdle(false);
        if (watermark > _sent && IsDue(watermark)) Send(watermark);
        if (isIdle) SetIdle(true);
    }

    /// <summary>The end of time; further calls do nothing.</summary>
    public void End()
    {
        if (_hasEnded) return;
        _hasEnded = true;
        SetIdle(false);
        Send(Watermark.Max);
    }

    private bool IsDue(Watermark watermark) =>
        intervalMs == 0 || watermark.Milliseconds - _sent.Milliseconds > intervalMs
        || time.GetElapsedTime(_sentAt).TotalMilliseconds >= intervalMs;

    private void Send(Watermark watermark)
    {
        _sent = watermark;
        _sentAt = time.GetTimestamp();
        output.EmitWatermark(watermark);
    }

    private void SetIdle(bool isIdle)
    {
        if (isIdle == _isIdle) return;
        _isIdle = isIdle;
        output.EmitIdle(isIdle);
    }
}
