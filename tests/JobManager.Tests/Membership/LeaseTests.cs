using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using Millrace.JobManager.Membership;
using Millrace.TaskManager.Slots;
using Xunit;

namespace Millrace.JobManager.Tests.Membership;

public sealed class LeaseTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(4);

    private readonly FakeTimeProvider _time = new();
    private readonly Lease _lease;

    public LeaseTests() => _lease = new Lease(_time);

    [Fact]
    public void Nothing_may_run_before_a_registration_was_answered()
    {
        Assert.False(_lease.IsHeld);
        long number = _lease.Send();
        Assert.False(_lease.IsHeld);
        _lease.Grant(number, Length);
        Assert.True(_lease.IsHeld);
    }

    [Fact]
    public void It_counts_from_when_the_answered_message_was_sent()
    {
        _lease.Grant(_lease.Send(), Length);
        Advance(1);
        long second = _lease.Send();
        Advance(2.5);
        _lease.Renew(second);
        Advance(1.4);
        Assert.True(_lease.IsHeld);
        Assert.False(_lease.TakeRunOut());
        Advance(0.2);
        Assert.False(_lease.IsHeld);
        Assert.True(_lease.TakeRunOut());
        Assert.False(_lease.TakeRunOut());
    }

    [Fact]
    public void A_late_answer_does_not_bring_back_a_lease_that_has_run_out()
    {
        _lease.Grant(_lease.Send(), Length);
        Advance(3);
        long number = _lease.Send();
        Advance(2);
        _lease.Renew(number);
        Assert.False(_lease.IsHeld);
        Assert.True(_lease.TakeRunOut());
        _lease.Renew(number);
        _lease.Grant(number, Length);
        Assert.False(_lease.IsHeld);
    }

    [Fact]
    public void An_answer_to_an_older_message_shortens_nothing()
    {
        _lease.Grant(_lease.Send(), Length);
        long older = _lease.Send();
        Advance(1);
        long newer = _lease.Send();
        _lease.Renew(newer);
        _lease.Renew(older);
        Advance(3.5);
        Assert.True(_lease.IsHeld);
    }

    [Fact]
    public void What_was_given_up_is_held_again_only_by_a_new_registration()
    {
        _lease.Grant(_lease.Send(), Length);
        long renewal = _lease.Send();
        _lease.GiveUp();
        _lease.Renew(renewal);
        Assert.False(_lease.IsHeld);
        Assert.False(_lease.TakeRunOut());
        _lease.Grant(_lease.Send(), Length);
        Assert.True(_lease.IsHeld);
    }

    [Fact]
    public void Without_a_length_it_never_runs_out()
    {
        _lease.Grant(_lease.Send(), TimeSpan.Zero);
        Advance(1_000_000);
        Assert.True(_lease.IsHeld);
        Assert.Equal(TimeSpan.Zero, _lease.RenewInterval);
    }

    /// <summary>
    /// Renewals take any time there and answers any time back, or are lost; both sides look at any moment: the
    /// TaskManager's lease has always run out when the JobManager takes the slots away.
    /// </summary>
    [Property(MaxTest = 300)]
    public Property The_work_has_stopped_here_before_it_is_started_elsewhere() => Prop.ForAll(
        ArbMap.Default.ArbFor<int[]>(),
        seeds =>
        {
            var time = new FakeTimeProvider();
            long start = time.GetTimestamp();
            var table = new LeaseTable(TimeSpan.FromSeconds(5));
            var lease = new Lease(time);
            TimeSpan Now() => time.GetElapsedTime(start);
            var there = new List<long>();
            var back = new List<long>();
            long first = lease.Send();
            table.Grant("a:1", 1, Now());
            lease.Grant(first, table.TaskManagerLength);
            foreach (int seed in seeds)
            {
                int value = Math.Abs(seed % 1000);
                time.Advance(TimeSpan.FromMilliseconds(value));
                if (value % 2 == 0) there.Add(lease.Send());
                if (value % 3 == 0 && there.Count > 0)
                {
                    if (table.Renew("a:1", 1, Now())) back.Add(there[value % there.Count]);
                    there.RemoveAt(value % there.Count);
                }
                if (value % 5 == 0 && back.Count > 0)
                {
                    lease.Renew(back[value % back.Count]);
                    back.RemoveAt(value % back.Count);
                }
                if (table.TakeRunOut(Now()).Count > 0) return !lease.IsHeld;
            }
            return true;
        });

    private void Advance(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
