using System.Collections.Immutable;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;

namespace Millrace.JobManager.Execution;

/// <summary>
/// A command may be lost with a connection that breaks. Slots report all that they have several times a
/// second; what such a report contradicts, or what nobody has answered for a while, is told again, once a
/// second at most. Slots take a command twice without harm. One that does not report at all, or does not show
/// what it was given, for as long as subtasks may take to stop is taken for lost: whatever became of it, the
/// job does not wait for it.
/// </summary>
internal sealed partial class JobMachine
{
    private static readonly TimeSpan RepeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Longer than between two reports, and than a command and the report that shows it take.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>A slot is not taken for silent sooner: reports are seldom in large jobs, and may be lost.</summary>
    private static readonly TimeSpan ShortestSilence = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, Expected> _deployments = [];
    private readonly Dictionary<int, SlotView> _reports = [];

    /// <summary>
    /// By slot, the seconds since it last showed all that it has been given. Counted, not read off a clock: a
    /// process that was stopped finds the reports of that time only after its timers.
    /// </summary>
    private readonly Dictionary<int, int> _unshown = [];
    private DateTimeOffset _finishToldAt;
    private DateTimeOffset _completionToldAt;
    private bool _repeats;

    private CheckpointId? LastCompleted => _checkpoints.LastNotified
        ?? (_record.StoppedWith is { } stop ? new CheckpointId(stop.CheckpointId) : null);

    /// <summary>A slot's report that names all that it has.</summary>
    /// <param name="known">Its subtasks with their attempts.</param>
    /// <param name="completed">The latest complete checkpoint that it has heard of; 0: none.</param>
    public void OnSlotReport(string slotId, IEnumerable<(SubtaskKey, int Attempt)> known, long completed)
    {
        int index = _slots.IndexOf(slotId);
        if (index < 0) return;
        _reports[index] = new SlotView([.. known], completed);
        if (_graph.SubtasksIn(index).All(IsShown)) _unshown.Remove(index);
    }

    private void Expect(DeployAttempt deploy, DateTimeOffset now)
    {
        _deployments[deploy.Attempt] = new Expected(deploy, now);
        foreach (SubtaskKey key in deploy.Subtasks) _unshown.Remove(key.Index);
        if (_repeats) return;
        _repeats = true;
        _effects.Add(new StartTimer(new TimerKey(TimerKind.RepeatDue, 0), RepeatInterval));
    }

    private void ForgetDeployments() => _deployments.Clear();

    private void ForgetReports(int slot)
    {
        _reports.Remove(slot);
        _unshown.Remove(slot);
    }

    private void ForgetAllReports()
    {
        _reports.Clear();
        _unshown.Clear();
        _deployments.Clear();
    }

    private void Repeat(DateTimeOffset now)
    {
        _repeats = _graph.IsAlive;
        if (!_repeats) return;
        _effects.Add(new StartTimer(new TimerKey(TimerKind.RepeatDue, 0), RepeatInterval));
        LoseSilentSlots(now);
        foreach (Expected expected in _deployments.Values.ToList()) RepeatDeploy(expected, now);
        foreach (Region region in _graph.Regions.Where(r => r.Phase == RegionPhase.Stopping))
            _effects.Add(new CancelAttempt(
                region.Attempt, [.. region.Subtasks.Where(k => !_graph[k].HasStopped())]));
        if (_isFinishing) RepeatFinish(now);
        else if (State == JobState.Running) RepeatCompletion(now);
        _checkpoints.Repeat(now, _effects);
    }

    private void LoseSilentSlots(DateTimeOffset now)
    {
        TimeSpan limit = _stopTimeout > ShortestSilence ? _stopTimeout : ShortestSilence;
        var lost = new List<int>();
        for (int slot = 0; slot < _slots.Count; slot++)
        {
            if (_slots[slot] is null) continue;
            if (!_graph.RegionsIn(slot).Any(r => r.Phase == RegionPhase.Deployed)) continue;
            int seconds = _unshown[slot] = _unshown.GetValueOrDefault(slot) + 1;
            if (seconds * RepeatInterval >= limit) lost.Add(slot);
        }
        LoseSlots(lost, now, $"has not shown its subtasks for {limit.TotalSeconds:0.###} s");
    }

    private void RepeatDeploy(Expected expected, DateTimeOffset now)
    {
        DeployAttempt deploy = expected.Deploy;
        ImmutableArray<SubtaskKey> unseen = [.. deploy.Subtasks.Where(k => IsUnseen(k, deploy.Attempt))];
        if (unseen.IsEmpty)
        {
            _deployments.Remove(deploy.Attempt);
        }
        else if (now - expected.ToldAt >= Patience)
        {
            _effects.Add(deploy with { Subtasks = unseen });
            _deployments[deploy.Attempt] = expected with { ToldAt = now };
        }
    }

    private bool IsUnseen(SubtaskKey key, int attempt) =>
        _graph.RegionOf(key) is { Phase: RegionPhase.Deployed } region
        && region.Attempt == attempt
        && _graph[key] == SubtaskState.Deploying
        && !IsKnown(key, attempt);

    private bool IsShown(SubtaskKey key) =>
        _graph.RegionOf(key) is not { Phase: RegionPhase.Deployed } region || IsKnown(key, region.Attempt);

    private bool IsKnown(SubtaskKey key, int attempt) =>
        _reports.TryGetValue(key.Index, out SlotView? view) && view.Known.Contains((key, attempt));

    private void RepeatFinish(DateTimeOffset now)
    {
        if (now - _finishToldAt < Patience) return;
        _finishToldAt = now;
        _effects.Add(new FinishAll(LastCompleted)
        {
            Slots =
            [
                .. _graph.Subtasks.Where(k => _graph[k] != SubtaskState.Finished)
                    .Select(k => k.Index).Distinct(),
            ],
        });
    }

    private void RepeatCompletion(DateTimeOffset now)
    {
        if (_checkpoints.LastNotified is not { } last || now - _completionToldAt < Patience) return;
        ImmutableArray<int> behind =
            [.. _reports.Where(r => r.Value.Completed < last.Value).Select(r => r.Key).Order()];
        if (behind.IsEmpty) return;
        _completionToldAt = now;
        _effects.Add(new NotifyCompleted(last) { Slots = behind });
    }

    private sealed record SlotView(HashSet<(SubtaskKey, int Attempt)> Known, long Completed);

    private sealed record Expected(DeployAttempt Deploy, DateTimeOffset ToldAt);
}
