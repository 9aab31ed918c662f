using Millrace.Shared.Membership;
using Xunit;

namespace Millrace.JobManager.Tests.Membership;

public sealed class SuspicionsTests
{
    private const int MostLooks = 20;

    private readonly Suspicions _suspicions = new();

    [Fact]
    public void A_node_is_looked_at_by_one_probe_at_a_time()
    {
        Assert.True(_suspicions.Begin("a:1"));
        Assert.False(_suspicions.Begin("a:1"));
        Assert.True(_suspicions.Begin("b:1"));
        Assert.Equal(Verdict.Dead, _suspicions.OnResult("a:1", ProbeResult.Refused));
        Assert.True(_suspicions.Begin("a:1"));
    }

    [Fact]
    public void A_port_that_still_accepts_is_tried_again_a_few_times_and_then_left_alone()
    {
        _suspicions.Begin("a:1");
        int looks = 1;
        TimeSpan last = TimeSpan.Zero;
        while (_suspicions.OnResult("a:1", ProbeResult.Connected) == Verdict.LookAgain)
        {
            Assert.True(_suspicions.PauseBefore("a:1") > last);
            last = _suspicions.PauseBefore("a:1");
            Assert.InRange(++looks, 2, MostLooks);
        }
        Assert.True(looks > 2);
        Assert.Equal(0, _suspicions.Count);
    }

    [Fact]
    public void A_port_that_closes_late_is_a_death()
    {
        _suspicions.Begin("a:1");
        Assert.Equal(Verdict.LookAgain, _suspicions.OnResult("a:1", ProbeResult.Connected));
        Assert.Equal(Verdict.Dead, _suspicions.OnResult("a:1", ProbeResult.Refused));
        Assert.Equal(0, _suspicions.Count);
    }

    [Fact]
    public void Silence_proves_nothing()
    {
        _suspicions.Begin("a:1");
        Assert.Equal(Verdict.LeaveAlone, _suspicions.OnResult("a:1", ProbeResult.Silent));
        Assert.Equal(0, _suspicions.Count);
    }

    [Fact]
    public void A_probe_of_a_node_that_has_left_says_nothing()
    {
        _suspicions.Begin("a:1");
        _suspicions.Forget("a:1");
        Assert.Equal(Verdict.LeaveAlone, _suspicions.OnResult("a:1", ProbeResult.Refused));
    }
}
