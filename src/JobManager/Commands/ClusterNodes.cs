using Akka.Actor;
using Akka.Cluster;
using Millrace.Shared.Errors;
using Millrace.Shared.Hosting;
using Millrace.Shared.Membership;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Commands;

/// <summary>
/// The members of the cluster as this node sees them, by name, and what can be done with them.
/// </summary>
internal sealed class ClusterNodes(ActorSystem system, CommandServerOptions options)
{
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(100);

    private readonly Cluster _cluster = Cluster.Get(system);

    public string ClusterName => options.ClusterName;

    public string Self => NodeNames.Of(_cluster.SelfAddress);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Member> All
    {
        get
        {
            List<Member> members = [.. _cluster.State.Members];
            members.Sort((a, b) => a.Equals(b) ? 0 : a.IsOlderThan(b) ? -1 : 1);
            return members;
        }
    }

    public IReadOnlySet<Member> Unreachable => _cluster.State.Unreachable;

    /// <exception cref="MillraceException">Invalid: there is no such node; lists them.</exception>
    public Member Find(string name) => FindOrNull(name) ?? throw new MillraceException(
        ErrorKind.Invalid,
        $"There is no node '{name}'; there are "
        + $"{string.Join(", ", All.Select(m => NodeNames.Of(m.Address)))}.");

    public Member? FindOrNull(string name) => All.FirstOrDefault(m => NodeNames.Of(m.Address) == name);

    public void Leave(Member member) => _cluster.Leave(member.Address);

    public void Down(Member member) => _cluster.Down(member.Address);

    /// <returns>False when the node is still a member after a while.</returns>
    public async Task<bool> IsGoneAsync(Member member, CancellationToken cancel)
    {
        long start = options.Time.GetTimestamp();
        while (_cluster.State.Members.Any(m => m.UniqueAddress.Equals(member.UniqueAddress)))
        {
            if (options.Time.GetElapsedTime(start) >= options.AnswerTimeout) return false;
            await Task.Delay(PollPause, options.Time, cancel).ConfigureAwait(false);
        }
        return true;
    }

    /// <summary>The actors of a node.</summary>
    /// <exception cref="MillraceException">Invalid: the node does not answer.</exception>
    public async Task<ActorTree> ActorsAsync(Member member, CancellationToken cancel)
    {
        ActorSelection inspector = system.ActorSelection(
            new RootActorPath(member.Address) / "user" / NodeInspector.Name);
        try
        {
            return await inspector.Ask<ActorTree>(
                new ListActors { Limit = NodeInspector.MaxActors }, options.AnswerTimeout, cancel)
                .ConfigureAwait(false);
        }
        catch (AskTimeoutException e)
        {
            throw new MillraceException(
                ErrorKind.Invalid,
                $"The node {NodeNames.Of(member.Address)} did not answer within "
                + $"{options.AnswerTimeout.TotalSeconds:0} s.", e);
        }
    }
}
