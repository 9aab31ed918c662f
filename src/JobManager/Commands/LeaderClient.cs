using Akka.Actor;
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
internal sealed class LeaderClient
{
    /// <summary>Below what the nodes' remoting takes (NodeOptions.MaxFrameBytes).</summary>
    private const int MaxRequestBytes = 3 << 20;

    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    private readonly ActorSystem _system;
    private readonly TimeSpan _answerTimeout;
    private readonly LeadingNode _leader = new();

    public LeaderClient(ActorSystem system, TimeSpan answerTimeout, TimeProvider time)
    {
        _system = system;
        _answerTimeout = answerTimeout;
        Time = time;
        system.ActorOf(Props.Create(() => new LeaderWatch(_leader)));
    }

    public TimeProvider Time { get; }

    /// <summary>The node that leads; null: there is none.</summary>
    public Address? Leader => _leader.Address;

    private IActorRef JobManager => ActorRegistry.For(_system).Get<JobManagerKey>();

    /// <summary>Asks until there is an answer. The request may arrive several times.</summary>
    /// <exception cref="MillraceException">What the leader says, Invalid where it says for too long that it
    /// is not ready; Unavailable: it says nothing.</exception>
    public async Task<T> AskAsync<T>(IMessage request, CancellationToken cancel) where T : class, IMessage
    {
        if (request.CalculateSize() > MaxRequestBytes)
            throw new MillraceException(
                ErrorKind.Invalid,
                $"The job is {request.CalculateSize() >> 20} MB of text, more than the "
                + $"{MaxRequestBytes >> 20} MB that travel between nodes.");
        Address? leader = Leader;
        long start = Time.GetTimestamp();
        TimeSpan patience = FirstPatience;
        while (true)
        {
            try
            {
                T? answer =
                    await AskUntilMovedAsync<T>(request, patience, cancel).ConfigureAwait(false);
                if (answer is not null) return answer;
            }
            catch (MillraceException e) when (e.Kind == ErrorKind.Unavailable)
            {
                if (Equals(leader, Leader) && Time.GetElapsedTime(start) >= _answerTimeout)
                    throw e.InnerException is AskTimeoutException
                        ? e
                        : new MillraceException(ErrorKind.Invalid, e.Message, e);
                patience = patience * 2 < _answerTimeout ? patience * 2 : _answerTimeout;
                await Task.Delay(RetryPause, Time, cancel).ConfigureAwait(false);
            }
            if (!Equals(leader, Leader)) (leader, start) = (Leader, Time.GetTimestamp());
        }
    }

    /// <summary>Asks once, and waits for the answer as long as the same node leads.</summary>
    /// <returns>Null: another node leads, which has not heard the question.</returns>
    /// <exception cref="MillraceException">What the leader says; Unavailable: it says nothing.</exception>
    public async Task<T?> AskUntilMovedAsync<T>(
        IMessage request, TimeSpan patience, CancellationToken cancel) where T : class, IMessage
    {
        Address? asked = Leader;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task<T> answer = AskOnceAsync<T>(request, patience, over.Token);
        Task moved = _leader.MovedAsync(asked, over.Token);
        try
        {
            Task first = await Task.WhenAny(answer, moved).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            return first == answer ? await answer.ConfigureAwait(false) : null;
        }
        catch (MillraceException) when (!Equals(asked, Leader))
        {
            // An answer of a leader that was stopping.
            return null;
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task<T> AskOnceAsync<T>(
        IMessage request, TimeSpan patience, CancellationToken cancel) where T : class, IMessage
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
