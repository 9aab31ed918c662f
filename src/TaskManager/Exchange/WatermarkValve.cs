using System.Collections.Immutable;
using Millrace.Shared.Dataflow;

namespace Millrace.TaskManager.Exchange;

/// <summary>
/// The joint watermark of several channels: the minimum over the channels that are active and aligned,
/// monotone (flink-facts 3.2, Flink's StatusWatermarkValve). A channel that ended counts as the end of time.
/// </summary>
internal sealed class WatermarkValve
{
    private readonly Watermark[] _watermarks;
    private readonly bool[] _idle;
    private readonly bool[] _aligned;

    public WatermarkValve(int channels)
    {
        _watermarks = new Watermark[channels];
        _watermarks.AsSpan().Fill(Watermark.None);
        _idle = new bool[channels];
        _aligned = new bool[channels];
        _aligned.AsSpan().Fill(true);
    }

    /// <summary>The last joint watermark.</summary>
    public Watermark Output { get; private set; } = Watermark.None;

    /// <summary>How far each channel and all of them are.</summary>
    public WatermarkState State => new(Output, [.. _watermarks]);

    /// <summary>
    /// Goes on from an earlier state; every channel is active until it says otherwise, and counts once it has
    /// reached the joint watermark.
    /// </summary>
    public void Restore(WatermarkState state)
    {
        Output = state.Joint;
        state.Channels.CopyTo(_watermarks);
        for (int i = 0; i < _watermarks.Length; i++) _aligned[i] = _watermarks[i] >= Output;
    }

    /// <summary>Whether all channels are idle.</summary>
    public bool IsIdle { get; private set; }

    /// <returns>Whether <see cref="Output"/> has risen.</returns>
    public bool OnWatermark(int channel, Watermark watermark)
    {
        if (_idle[channel] || watermark <= _watermarks[channel]) return false;
        _watermarks[channel] = watermark;
        if (!_aligned[channel] && watermark >= Output) _aligned[channel] = true;
        return RaiseToMinimum();
    }

    /// <returns>Whether <see cref="Output"/> has risen; <see cref="IsIdle"/> may have changed too.</returns>
    public bool OnIdle(int channel)
    {
        if (_idle[channel]) return false;
        _idle[channel] = true;
        _aligned[channel] = false;
        IsIdle = Array.TrueForAll(_idle, i => i);
        if (!IsIdle) return RaiseToMinimum();
        // The last active channel held everything back: what all have promised holds now.
        return _watermarks[channel] == Output && Raise(_watermarks.Max());
    }

    public void OnActive(int channel)
    {
        if (!_idle[channel]) return;
        _idle[channel] = false;
        IsIdle = false;
        _aligned[channel] = _watermarks[channel] >= Output;
    }

    private bool RaiseToMinimum()
    {
        Watermark minimum = Watermark.Max;
        bool any = false;
        for (int i = 0; i < _watermarks.Length; i++)
        {
            if (_idle[i] || !_aligned[i]) continue;
            any = true;
            if (_watermarks[i] < minimum) minimum = _watermarks[i];
        }
        return any && Raise(minimum);
    }

    private bool Raise(Watermark watermark)
    {
        if (watermark <= Output) return false;
        Output = watermark;
        return true;
    }
}

/// <summary>The watermarks of a gate at one moment.</summary>
internal readonly record struct WatermarkState(Watermark Joint, ImmutableArray<Watermark> Channels);
