using Millrace.Shared.Messages;
using Millrace.TaskManager.Runtime;

namespace Millrace.TaskManager.Slots;

/// <summary>
/// What a slot has: the latest attempt of each subtask of the job that holds it, what waits for older ones to
/// stop, and what runs. Decides; the actor acts.
/// </summary>
/// <remarks>
/// For each subtask the highest attempt counts, and a command of another one changes nothing: subtasks of
/// several regions, each with its own attempt, live here side by side. What has been canceled stays here
/// until it has stopped, and a newer attempt of it, or another job, waits for that.
/// </remarks>
internal sealed class SlotTenancy
{
    private readonly Dictionary<(int Vertex, int Index), SlotSubtask> _latest = [];
    private readonly HashSet<SubtaskId> _running = [];
    private readonly List<DeploySubtasks> _waiting = [];

    /// <summary>Empty: the slot is free.</summary>
    public string JobId { get; private set; } = "";

    /// <summary>
    /// Of the leader whose JobMaster holds the slot. It decides between jobs; between JobMasters of one job
    /// the attempt does, which the journal gives to one of them only.
    /// </summary>
    public long Term { get; private set; }

    /// <summary>The latest checkpoint that the slot was told to be complete.</summary>
    public long Completed { get; set; }

    /// <summary>
    /// All but those that wait for older ones to stop: should that never be, the JobMaster must not take them
    /// for started.
    /// </summary>
    public IEnumerable<SlotSubtask> Shown => _latest.Values.Where(s => !_waiting.Any(
        w => w.Attempt == s.Id.Attempt && w.Subtasks.Any(r => IsOf(s.Id, r))));

    public IReadOnlyCollection<SubtaskId> Running => _running;

    public int HighestAttempt => _latest.Values.Select(s => s.Id.Attempt).DefaultIfEmpty().Max();

    /// <summary>Another job holds the slot, and no newer leader says otherwise.</summary>
    public bool Refuses(DeploySubtasks deploy) =>
        JobId.Length > 0 && deploy.JobId != JobId && deploy.Term <= Term;

    /// <summary>Takes what is new of it, to be started by <see cref="TakeStartable"/>.</summary>
    /// <returns>What must stop first.</returns>
    public IReadOnlyList<SubtaskId> Accept(DeploySubtasks deploy)
    {
        List<SubtaskId> replaced = [];
        if (deploy.JobId != JobId)
        {
            replaced.AddRange(_running);
            Release();
        }
        JobId = deploy.JobId;
        Term = deploy.Term;
        List<SubtaskRef> news = [.. deploy.Subtasks.Where(s => IsNewer(s, deploy.Attempt))];
        if (news.Count == 0) return replaced;
        DeploySubtasks accepted = deploy;
        if (news.Count < deploy.Subtasks.Count)
        {
            accepted = deploy.Clone();
            accepted.Subtasks.Clear();
            accepted.Subtasks.Add(news);
        }
        foreach (SubtaskRef subtask in news)
        {
            replaced.AddRange(_running.Where(r => IsOf(r, subtask)));
            Add(subtask, deploy.Attempt, SubtaskStateCode.SubtaskDeploying);
        }
        _waiting.Add(accepted);
        return replaced;
    }

    /// <summary>
    /// Deployments that have nothing left to wait for; those of them that were canceled meanwhile are left
    /// out.
    /// </summary>
    public IReadOnlyList<DeploySubtasks> TakeStartable()
    {
        List<DeploySubtasks> startable = [.. _waiting.Where(IsFree)];
        foreach (DeploySubtasks deploy in startable)
        {
            _waiting.Remove(deploy);
            foreach (SubtaskId id in Alive(deploy)) _running.Add(id);
        }
        return startable;
    }

    /// <summary>Subtasks of the deployment that have not been canceled or replaced while it waited.</summary>
    public IReadOnlyList<SubtaskId> Alive(DeploySubtasks deploy) =>
    [
        .. deploy.Subtasks.Select(s => Find(deploy.Attempt, s)).OfType<SlotSubtask>()
            .Where(s => !s.HasStopped).Select(s => s.Id),
    ];

    /// <returns>Null: the slot has another attempt of it, or none.</returns>
    public SlotSubtask? Find(int attempt, SubtaskRef subtask) =>
        Latest(subtask) is { } found && found.Id.Attempt == attempt ? found : null;

    public IReadOnlyList<SlotSubtask> Of(int attempt) =>
        [.. _latest.Values.Where(s => s.Id.Attempt == attempt)];

    /// <summary>
    /// The subtasks that are to be canceled. One that never came is noted as canceled: should its deployment
    /// arrive after all, it is old.
    /// </summary>
    public IReadOnlyList<SlotSubtask> Cancel(CancelSubtasks cancel)
    {
        if (cancel.Subtasks.Count == 0) return CancelWaiting(Of(cancel.Attempt));
        var found = new List<SlotSubtask>();
        foreach (SubtaskRef subtask in cancel.Subtasks)
        {
            if (IsNewer(subtask, cancel.Attempt))
                Add(subtask, cancel.Attempt, SubtaskStateCode.SubtaskCanceled);
            if (Find(cancel.Attempt, subtask) is { } known) found.Add(known);
        }
        return CancelWaiting(found);
    }

    /// <returns>The subtask, where the change is of its latest attempt.</returns>
    public SlotSubtask? Apply(SubtaskChanged change)
    {
        var id = new SubtaskId(change.JobId, change.Attempt, change.Subtask.Vertex, change.Subtask.Subtask);
        if (change.State >= SubtaskStateCode.SubtaskFinished) _running.Remove(id);
        if (change.JobId != JobId || Find(change.Attempt, change.Subtask) is not { } subtask) return null;
        subtask.Move(change.State, change.Kind, change.Message);
        return subtask;
    }

    /// <summary>The slot is free for another job; what runs is still to be canceled.</summary>
    public void Release()
    {
        JobId = "";
        Completed = 0;
        _latest.Clear();
        _waiting.Clear();
    }

    private IReadOnlyList<SlotSubtask> CancelWaiting(IReadOnlyList<SlotSubtask> subtasks)
    {
        foreach (SlotSubtask subtask in subtasks)
            if (!subtask.HasStopped && !_running.Contains(subtask.Id))
                subtask.Move(SubtaskStateCode.SubtaskCanceled);
        return subtasks;
    }

    private bool IsNewer(SubtaskRef subtask, int attempt) =>
        Latest(subtask) is not { } known || known.Id.Attempt < attempt;

    private SlotSubtask? Latest(SubtaskRef subtask) =>
        _latest.GetValueOrDefault((subtask.Vertex, subtask.Subtask));

    private void Add(SubtaskRef subtask, int attempt, SubtaskStateCode state) =>
        _latest[(subtask.Vertex, subtask.Subtask)] =
            new SlotSubtask(new SubtaskId(JobId, attempt, subtask.Vertex, subtask.Subtask), state);

    private static bool IsOf(SubtaskId id, SubtaskRef subtask) =>
        id.Vertex == subtask.Vertex && id.SubtaskIndex == subtask.Subtask;

    private bool IsFree(DeploySubtasks deploy) => _running.All(
        r => r.JobId == deploy.JobId && !deploy.Subtasks.Any(s => IsOf(r, s)));
}
