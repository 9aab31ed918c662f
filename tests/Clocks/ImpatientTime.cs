using Microsoft.Extensions.Time.Testing;

namespace Millrace.TestClocks;

/// <summary>A clock on which every delay is over at once.</summary>
internal sealed class ImpatientTime : FakeTimeProvider
{
    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero) Advance(dueTime);
        return timer;
    }
}
