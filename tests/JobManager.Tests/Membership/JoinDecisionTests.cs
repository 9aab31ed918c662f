using Millrace.Shared.Membership;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.JobManager.Tests.Membership;

public sealed class JoinDecisionTests
{
    private static readonly JoinSituation First = new(
        "a:2", IsJobManager: true, IsFirst: true, ClusterId: "", IsForming: false, []);

    private static readonly JoinSituation Back = First with { ClusterId = "x", IsFirst = false };

    private static readonly JoinSituation Worker = First with { IsJobManager = false };

    [Fact]
    public void A_member_that_answers_is_joined_whatever_else_is_heard()
    {
        foreach (JoinSituation s in new[] { First, Back, Worker, First with { IsForming = true } })
        {
            var join = Assert.IsType<JoinStep.Join>(Decide(
                s, Is("b:1", JoinReply.Closed), Is("c:1", JoinReply.Silent), Member("d:1", "x"),
                Is("e:1", JoinReply.Forming), Is("f:1", JoinReply.Refused)));
            Assert.Equal(["d:1"], join.Members);
            Assert.Equal("x", join.ClusterId);
        }
    }

    [Fact]
    public void Members_of_two_clusters_are_never_joined_together()
    {
        var join = Assert.IsType<JoinStep.Join>(
            Decide(Worker, Member("b:1", "x"), Member("c:1", "y"), Member("d:1", "x")));
        Assert.Equal(["b:1", "d:1"], join.Members);
    }

    [Fact]
    public void A_JobManager_joins_only_the_cluster_that_its_folder_belongs_to()
    {
        Assert.IsType<JoinStep.GiveUp>(Decide(Back, Member("b:1", "y")));
        Assert.IsType<JoinStep.Join>(Decide(Back, Member("b:1", "x")));
        Assert.IsType<JoinStep.Join>(Decide(Worker with { ClusterId = "x" }, Member("b:1", "y")));
    }

    [Fact]
    public void Nobody_is_joined_who_is_on_the_way_in_or_out_himself() =>
        Assert.IsType<JoinStep.Wait>(Decide(First, Is("b:1", JoinReply.NotNow)));

    [Fact]
    public void A_new_cluster_is_formed_by_the_first_JobManager_after_it_has_said_so()
    {
        Assert.IsType<JoinStep.Announce>(Decide(First));
        Assert.IsType<JoinStep.Form>(Decide(First with { IsForming = true }));
    }

    [Fact]
    public void A_new_JobManager_that_is_not_the_first_seed_waits()
    {
        JoinSituation second = First with { IsFirst = false };
        Assert.IsType<JoinStep.Wait>(Decide(second, Is("a:1", JoinReply.Closed)));
        Assert.IsType<JoinStep.Wait>(Decide(second, Is("a:1", JoinReply.NoMember)));
    }

    [Fact]
    public void A_TaskManager_never_forms_a_cluster() =>
        Assert.IsType<JoinStep.Wait>(Decide(Worker with { ClusterId = "x" }, Is("a:1", JoinReply.Closed)));

    [Fact]
    public void A_cluster_comes_back_only_when_every_known_address_is_closed_or_without_a_cluster()
    {
        Assert.IsType<JoinStep.Announce>(
            Decide(Back, Is("b:1", JoinReply.Closed), Is("c:1", JoinReply.NoMember)));
        foreach (JoinSituation s in new[] { First, Back, Back with { IsForming = true } })
        {
            var wait = Assert.IsType<JoinStep.Wait>(
                Decide(s, Is("b:1", JoinReply.Closed), Is("c:1", JoinReply.Silent)));
            Assert.Contains("c:1", wait.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_two_that_form_at_the_same_time_the_lower_address_goes_on()
    {
        JoinSituation forming = Back with { IsForming = true };
        Assert.IsType<JoinStep.Wait>(Decide(forming, Is("a:1", JoinReply.Forming)));
        Assert.IsType<JoinStep.Form>(Decide(forming, Is("a:3", JoinReply.Forming)));
        Assert.IsType<JoinStep.Wait>(Decide(Back, Is("a:3", JoinReply.Forming)));
    }

    [Fact]
    public void A_refusal_by_a_seed_is_final_and_one_by_a_remembered_address_is_a_stranger()
    {
        var giveUp = Assert.IsType<JoinStep.GiveUp>(Decide(
            Worker, new JoinHeard("b:1", IsSeed: true, JoinReply.Refused, "it belongs to cluster 'test'")));
        Assert.Equal("b:1 refuses this node: it belongs to cluster 'test'", giveUp.Reason);
        Assert.IsType<JoinStep.Announce>(
            Decide(Back, new JoinHeard("b:1", IsSeed: false, JoinReply.Refused, "stranger")));
    }

    [Fact]
    public void A_node_of_another_name_protocol_or_cluster_is_told_why_it_is_refused()
    {
        var ask = new AskToJoin { Cluster = "a", Protocol = JoinGate.Protocol, ClusterId = "x", JobManager = true };
        Assert.Null(JoinGate.Refusal(ask, "a", "x"));
        Assert.Null(JoinGate.Refusal(ask, "a", ""));
        Assert.Equal("it belongs to cluster 'a', this is 'b'", JoinGate.Refusal(ask, "b", "x"));
        Assert.Equal(
            "its folder holds the jobs of another cluster (x, this is y)", JoinGate.Refusal(ask, "a", "y"));
        ask.JobManager = false;
        Assert.Null(JoinGate.Refusal(ask, "a", "y"));
        ask.Protocol = 7;
        Assert.Equal(
            $"it speaks protocol 7, this cluster {JoinGate.Protocol}", JoinGate.Refusal(ask, "a", "x"));
    }

    private static JoinStep Decide(JoinSituation situation, params JoinHeard[] heard) =>
        JoinDecision.Decide(situation with { Heard = heard });

    private static JoinHeard Is(string node, JoinReply reply) => new(node, IsSeed: false, reply);

    private static JoinHeard Member(string node, string cluster) =>
        new(node, IsSeed: false, JoinReply.Welcome, ClusterId: cluster);
}
