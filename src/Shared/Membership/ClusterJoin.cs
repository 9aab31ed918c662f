using System.Collections.Concurrent;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Millrace.Shared.Errors;
using Millrace.Shared.Hosting;
using Millrace.Shared.Messages;

namespace Millrace.Shared.Membership;

/// <summary>
/// Brings a node into its cluster: asks all addresses that it knows, over and over, and does what
/// <see cref="JoinDecision"/> says. Akka's own rule for the first seed is not used: it would form a second
/// cluster when the first seed comes back while the others are slow to answer.
/// </summary>
internal sealed class ClusterJoin(
    ActorSystem system, NodeOptions options, ClusterRecord record, JoinPhase phase, TimeProvider time)
{
    /// <summary>A member that is just starting itself is slow to answer.</summary>
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(10);

    private readonly Cluster _cluster = Cluster.Get(system);
    private readonly ILoggingAdapter _log = Logging.GetLogger(system, typeof(ClusterJoin));
    private readonly string _self = NodeSetup.NodeName(system);
    private readonly ConcurrentDictionary<string, int> _silences = new(StringComparer.Ordinal);
    private long _lastReport;

    /// <summary>Goes on beside the node until it is a member; a node that can never be one is ended.</summary>
    public void Start() => _ = Task.Run(async () =>
    {
        var stop = new CancellationTokenSource();
        _ = system.WhenTerminated.ContinueWith(
            _ => stop.CancelAsync(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            if (await RunAsync(stop.Token).ConfigureAwait(false) is { } refusal)
                NodeEnding.End(system, NodeEndReason.Refused, refusal);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception) when (_cluster.IsTerminated)
        {
            // The node ends, and says of what it ends.
        }
        catch (Exception e)
        {
            _log.Error(e, "This node can't join its cluster");
            NodeEnding.End(system, NodeEndReason.Refused, $"This node can't join its cluster: {e.Message}");
        }
    });

    /// <summary>Returns when the node is a member.</summary>
    /// <returns>Null, or why it can never be one.</returns>
    public async Task<string?> RunAsync(CancellationToken cancel)
    {
        // Another process may have had this address a moment ago: its peers call it until they know better, and
        // two that call each other at once confuse remoting.
        if (options.Port != 0) await Task.Delay(AskInterval, time, cancel).ConfigureAwait(false);
        while (true)
        {
            JoinStep step = await NextAsync(isForming: false, cancel).ConfigureAwait(false);
            if (step is JoinStep.Announce) step = await AnnounceAsync(cancel).ConfigureAwait(false);
            switch (step)
            {
                case JoinStep.Join join when await TryJoinAsync(join, cancel).ConfigureAwait(false):
                case JoinStep.Form:
                    return null;
                case JoinStep.GiveUp giveUp:
                    return giveUp.Reason;
                case JoinStep.Wait wait:
                    Report(wait.Reason);
                    break;
                default:
                    break;
            }
            await Task.Delay(AskInterval, time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Forms the cluster if nobody else is about to; the lock is held until it stands.</summary>
    private async Task<JoinStep> AnnounceAsync(CancellationToken cancel)
    {
        using IDisposable? held = record.TryLock();
        if (held is null) return new JoinStep.Wait("another JobManager of this folder is forming the cluster");
        phase.IsForming = true;
        try
        {
            JoinStep step = await NextAsync(isForming: true, cancel).ConfigureAwait(false);
            if (step is JoinStep.Form) await FormAsync(cancel).ConfigureAwait(false);
            return step;
        }
        finally
        {
            phase.IsForming = false;
        }
    }

    private async Task FormAsync(CancellationToken cancel)
    {
        // Before the first moment in which a second cluster could be formed by someone who does not know this node.
        record.WriteMembers(record.ReadMembers().Append(_self).Distinct(StringComparer.Ordinal));
        if (record.Id.Length == 0) record.WriteId(RandomNumberGenerator.GetHexString(16, lowercase: true));
        _log.Info("Forming cluster '{0}' ({1}) at {2}", options.ClusterName, record.Id, _self);
        await _cluster.JoinAsync(_cluster.SelfAddress, cancel).ConfigureAwait(false);
    }

    private async Task<bool> TryJoinAsync(JoinStep.Join join, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(JoinTimeout);
        try
        {
            await _cluster.JoinSeedNodesAsync(join.Members.Select(AddressOf), limit.Token).ConfigureAwait(false);
        }
        catch (Exception) when (!cancel.IsCancellationRequested)
        {
            Report($"{string.Join(", ", join.Members)} did not let this node in within {JoinTimeout.TotalSeconds} s");
            return false;
        }
        if (record.Id != join.ClusterId) record.WriteId(join.ClusterId);
        _log.Info("Joined cluster '{0}' ({1}) by {2}", options.ClusterName, join.ClusterId, join.Members[0]);
        return true;
    }

    private async Task<JoinStep> NextAsync(bool isForming, CancellationToken cancel)
    {
        HashSet<string> seeds = new(options.Seeds, StringComparer.Ordinal);
        IEnumerable<string> known = options.Seeds.Concat(record.ReadMembers())
            .Where(n => n != _self).Distinct(StringComparer.Ordinal);
        IReadOnlyList<JoinHeard> heard = await UntilWelcomeAsync(
            [.. known.Select(n => AskAsync(n, seeds.Contains(n), cancel))]).ConfigureAwait(false);
        bool isFirst = options.Seeds.Count == 0 || options.Seeds[0] == _self;
        return JoinDecision.Decide(
            new JoinSituation(_self, options.IsJobManager, isFirst, record.Id, isForming, heard));
    }

    /// <summary>All replies, or those until the first member's: a silent address delays nobody.</summary>
    private static async Task<IReadOnlyList<JoinHeard>> UntilWelcomeAsync(List<Task<JoinHeard>> asked)
    {
        var heard = new List<JoinHeard>();
        await foreach (Task<JoinHeard> reply in Task.WhenEach(asked).ConfigureAwait(false))
        {
            heard.Add(await reply.ConfigureAwait(false));
            if (heard[^1].Reply == JoinReply.Welcome) break;
        }
        return heard;
    }

    private async Task<JoinHeard> AskAsync(string node, bool isSeed, CancellationToken cancel)
    {
        (string host, int port) = NodeNames.Parse(node)
            ?? throw new MillraceException(ErrorKind.Invalid, $"The seed '{node}' is no host:port.");
        switch (await options.Probe.ProbeAsync(host, port, cancel).ConfigureAwait(false))
        {
            case ProbeResult.Refused: return new JoinHeard(node, isSeed, JoinReply.Closed);
            case ProbeResult.Silent: return new JoinHeard(node, isSeed, JoinReply.Silent);
            default: break;
        }
        var ask = new AskToJoin
        {
            Cluster = options.ClusterName,
            Protocol = JoinGate.Protocol,
            ClusterId = record.Id,
            JobManager = options.IsJobManager,
            Node = _self,
            Uid = _cluster.SelfUniqueAddress.Uid,
            Silences = _silences.GetValueOrDefault(node),
        };
        try
        {
            JoinAnswer answer = await system
                .ActorSelection(new RootActorPath(AddressOf(node)) / "user" / JoinGate.Name)
                .Ask<JoinAnswer>(ask, AskTimeout, cancel).ConfigureAwait(false);
            _silences.TryRemove(node, out _);
            return new JoinHeard(node, isSeed, ReplyOf(answer.Kind), answer.Reason, answer.ClusterId);
        }
        catch (AskTimeoutException)
        {
            return Unanswered(node, isSeed);
        }
    }

    /// <summary>A process is there, but says nothing that this node understands.</summary>
    private JoinHeard Unanswered(string node, bool isSeed)
    {
        int silences = _silences.AddOrUpdate(node, 1, (_, n) => n + 1);
        if (JoinConnection.IsUsedUp(silences)) JoinConnection.HangUp(system, AddressOf(node));
        if (JoinConnection.IsFirstUsedUp(silences))
            _log.Warning(
                "{0} takes connections but does not answer: it is stopped, or another program, or only one side "
                + "has TLS, or a certificate is not accepted", node);
        return new JoinHeard(node, isSeed, JoinReply.Silent);
    }

    private static JoinReply ReplyOf(JoinAnswerKind kind) => kind switch
    {
        JoinAnswerKind.JoinWelcome => JoinReply.Welcome,
        JoinAnswerKind.JoinRefused => JoinReply.Refused,
        JoinAnswerKind.JoinForming => JoinReply.Forming,
        JoinAnswerKind.JoinNoMember => JoinReply.NoMember,
        _ => JoinReply.NotNow,
    };

    private Address AddressOf(string node)
    {
        (string host, int port) = NodeNames.Parse(node)!.Value;
        return new Address(_cluster.SelfAddress.Protocol, system.Name, host, port);
    }

    private void Report(string reason)
    {
        if (_lastReport != 0 && time.GetElapsedTime(_lastReport) < ReportInterval) return;
        _lastReport = time.GetTimestamp();
        _log.Warning("No cluster yet: {0}", reason);
    }
}
