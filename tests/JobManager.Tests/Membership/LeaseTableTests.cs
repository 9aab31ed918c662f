using Millrace.JobManager.Membership;
using Xunit;

namespace Millrace.JobManager.Tests.Membership;

public sealed class LeaseTableTests
{
    private readonly LeaseTable _table = new(TimeSpan.FromSeconds(5));

    [Fact]
    public void A_lease_runs_out_so_long_after_the_last_renewal_and_once()
    {
        _table.Grant("a:1", 1, At(0));
        _table.Grant("b:1", 1, At(0));
        LookUntil(3);
        Assert.True(_table.Renew("a:1", 1, At(3)));
        Assert.Equal([(5.0, "b:1"), (8.0, "a:1")], LookUntil(20, from: 3));
    }

    [Fact]
    public void What_has_run_out_or_ended_or_is_another_process_is_not_renewed()
    {
        _table.Grant("a:1", 1, At(0));
        Assert.False(_table.Renew("a:1", 2, At(1)));
        Assert.False(_table.Renew("b:1", 1, At(1)));
        Assert.True(_table.KnowsOther("a:1", 2));
        Assert.False(_table.KnowsOther("a:1", 1));
        Assert.False(_table.KnowsOther("b:1", 1));
        LookUntil(6);
        Assert.False(_table.Renew("a:1", 1, At(6)));
        _table.Grant("a:1", 1, At(6));
        Assert.True(_table.Renew("a:1", 1, At(7)));
        _table.End("a:1");
        Assert.False(_table.Renew("a:1", 1, At(7)));
    }

    [Fact]
    public void A_lease_that_is_left_to_run_out_is_not_renewed_but_runs_until_its_end()
    {
        Assert.False(_table.LetRunOut("a:1"));
        _table.Grant("a:1", 1, At(0));
        LookUntil(2);
        Assert.True(_table.Renew("a:1", 1, At(2)));
        Assert.True(_table.LetRunOut("a:1"));
        Assert.False(_table.Renew("a:1", 1, At(3)));
        Assert.True(_table.KnowsOther("a:1", 2));
        Assert.Equal([(7.0, "a:1")], LookUntil(20, from: 2));
        _table.Grant("a:1", 2, At(20));
        Assert.True(_table.Renew("a:1", 2, At(21)));
    }

    [Fact]
    public void A_JobManager_that_stood_still_hears_its_TaskManagers_out_first()
    {
        _table.Grant("a:1", 1, At(0));
        _table.TakeRunOut(At(0.1));
        Assert.Empty(_table.TakeRunOut(At(30)));
        Assert.True(_table.Renew("a:1", 1, At(30.1)));
        Assert.Equal([(35.25, "a:1")], LookUntil(40, from: 30));
    }

    [Fact]
    public void Without_a_length_no_lease_runs_out()
    {
        var table = new LeaseTable(TimeSpan.Zero);
        table.Grant("a:1", 1, At(0));
        Assert.False(table.LetRunOut("a:1"));
        for (double now = 0; now < 100; now += 0.25) Assert.Empty(table.TakeRunOut(At(now)));
    }

    [Fact]
    public void A_new_leader_waits_for_leases_of_its_predecessor_that_may_still_run()
    {
        var earlier = new EarlierLeases(At(5));
        string[] nodes = ["a:1", "b:1", "c:1", "d:1"];
        earlier.Settle("a:1");
        Assert.Equal(["b:1", "c:1"], earlier.Unsettled(nodes, At(1), n => n != "d:1"));
        earlier.Settle("c:1");
        Assert.Equal(["b:1"], earlier.Unsettled(nodes, At(4.9), n => n != "d:1"));
        Assert.Empty(earlier.Unsettled(nodes, At(5), n => n != "d:1"));
    }

    private List<(double At, string Node)> LookUntil(double end, double from = 0)
    {
        var runOut = new List<(double, string)>();
        for (double now = from; now <= end; now += 0.25)
            runOut.AddRange(_table.TakeRunOut(At(now)).Select(n => (now, n)));
        return runOut;
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
