using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Google.Protobuf;
using Millrace.Shared.Errors;
using Millrace.Shared.Hosting;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Commands;

/// <summary>
/// Asks the leading JobManager, wherever it lives, and survives its change. A question that may be asked
/// again is repeated until it is answered or the time is over, which is counted anew for each leader.
/// </summary>
internal sealed class LeaderClient(ActorSystem system, TimeSpan answerTimeout, TimeProvider time)
{
    /// <summary>Below what the nodes' remoting takes (NodeOptions.MaxFrameBytes).</summary>
    private const int MaxRequestBytes = 3 << 20;

    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    private readonly Cluster _cluster = Cluster.Get(system);

    public TimeProvider Time => time;

    /// <summary>
    /// The node that leads, by membership as this node sees it: the oldest JobManager. Null: there is none.
    /// </summary>
    public Address? Leader => _cluster.State.Members
        .Where(m => m.HasRole(NodeOptions.JobManagerRole)
            && m.Status is MemberStatus.Up or MemberStatus.Leaving)
        .Aggregate((Member?)null, (oldest, m) => oldest is null || m.IsOlderThan(oldest) ? m : oldest)
        ?.Address;

    private IActorRef JobManager => ActorRegistry.For(system).Get<JobManagerKey>();

    /// <summary>Asks until there is an answer. The request may arrive several times.</summary>
    /// <exception cref="MillraceException">What the leader says, Invalid where it says for too long that it
    /// is not ready; Unavailable: it says nothing.</exception>
    public async Task<T> AskAsync<T>(IMessage request, CancellationToken cancel) where T : IMessage
    {
        if (request.CalculateSize() > MaxRequestBytes)
            throw new MillraceException(
                ErrorKind.Invalid,
                $"The job is {request.CalculateSize() >> 20} MB of text, more than the "
                + $"{MaxRequestBytes >> 20} MB that travel between nodes.");
        Address? leader = Leader;
        long start = time.GetTimestamp();
        TimeSpan patience = FirstPatience;
        while (true)
        {
            try
            {
                return await AskOnceAsync<T>(request, patience, cancel).ConfigureAwait(false);
            }
            catch (MillraceException e) when (e.Kind == ErrorKind.Unavailable)
            {
                if (!Equals(leader, Leader)) (leader, start) = (Leader, time.GetTimestamp());
                if (time.GetElapsedTime(start) >= answerTimeout)
                    throw e.InnerException is AskTimeoutException
                        ? e
                        : new MillraceException(ErrorKind.Invalid, e.Message, e);
                patience = patience * 2 < answerTimeout ? patience * 2 : answerTimeout;
                await Task.Delay(RetryPause, time, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Asks once.</summary>
    /// <exception cref="MillraceException">What the leader says; Unavailable: it says nothing.</exception>
    public async Task<T> AskOnceAsync<T>(
        IMessage request, TimeSpan patience, CancellationToken cancel) where T : IMessage
    {
        object answer;
        try
        {
            answer = await JobManager.Ask<object>(request, patience, cancel).ConfigureAwait(false);
        }
        catch (AskTimeoutException e)
        {
            string leader = Leader is { } address ? $"{address.Host}:{address.Port}" : "none is known";
            throw new MillraceException(
                ErrorKind.Unavailable,
                $"The leading JobManager ({leader}) did not answer within {patience.TotalSeconds:0} s.", e);
        }
        return answer switch
        {
            T expected => expected,
            RequestFailed failed => throw new MillraceException((ErrorKind)failed.Kind, failed.Message),
            _ => throw new MillraceException(
                ErrorKind.Bug, $"{request.Descriptor.Name} was answered with {answer.GetType()}."),
        };
    }
}
