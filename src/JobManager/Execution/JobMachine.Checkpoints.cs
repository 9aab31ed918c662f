using System.Collections.Immutable;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Execution;

/// <summary>Facts of checkpoints and savepoints, and another parallelism by one of them.</summary>
internal sealed partial class JobMachine
{
    private readonly long _leftoversUpTo;
    private readonly ImmutableArray<string> _openSavepoints;
    private bool _hasSwept;
    private int? _stopRequest;

    public IReadOnlyList<JobEffect> OnSnapshot(
        int attempt, CheckpointId id, SubtaskKey subtask, SubtaskSnapshot snapshot)
    {
        if (IsOf(attempt, subtask)) _checkpoints.OnSnapshot(id, subtask, snapshot, _effects);
        return Take();
    }

    public IReadOnlyList<JobEffect> OnSnapshotFailed(
        int attempt, CheckpointId id, SubtaskKey subtask, string reason, DateTimeOffset now)
    {
        if (!IsOf(attempt, subtask)) return [];
        _checkpoints.OnDeclined(id, reason, now, _effects);
        AfterCheckpointChange(now);
        return Take();
    }

    /// <summary>Whether the checkpoint is still wanted.</summary>
    public bool IsPending(CheckpointId id) => _checkpoints.IsPending(id);

    /// <summary>Slots are told the barrier now, for the first time.</summary>
    public void OnBarrierTold(CheckpointId id, DateTimeOffset now) => _checkpoints.OnTold(id, now);

    /// <summary>No subtask has heard of the checkpoint.</summary>
    public IReadOnlyList<JobEffect> OnTriggerFailed(CheckpointId id, string reason, DateTimeOffset now)
    {
        _checkpoints.OnDeclined(id, reason, now, _effects);
        AfterCheckpointChange(now);
        return Take();
    }

    /// <param name="error">Null: the metadata is durable.</param>
    public IReadOnlyList<JobEffect> OnMetadataWritten(
        CheckpointMetadata metadata, string? error, DateTimeOffset now)
    {
        if (error is not null)
        {
            string reason = $"its metadata could not be written: {error}";
            _checkpoints.OnMetadataFailed(metadata.Checkpoint, metadata.Folder, reason, now, _effects);
        }
        else if (_checkpoints.OnMetadataWritten(
            metadata.Checkpoint, metadata.Folder, now, _effects) is { Request: { } request })
        {
            Follow(request, metadata.Folder, now);
        }
        AfterCheckpointChange(now);
        return Take();
    }

    /// <summary>One that is complete already, for a client that asks again, is not taken twice.</summary>
    public IReadOnlyList<JobEffect> Savepoint(SavepointRequest request, DateTimeOffset now)
    {
        if (_record.SavepointOf(request.Key) is { } taken)
            Repeat(request, taken.Folder, now);
        else if (State.IsTerminal())
            Refuse(request.Id, ErrorKind.Invalid, $"The job is {State} already.");
        else if (
            Path.GetFullPath(request.Target).StartsWith(Path.GetFullPath(_folder), StringComparison.Ordinal))
            Refuse(request.Id, ErrorKind.Invalid, $"{_folder} is the job's own; give another folder.");
        else
            _checkpoints.RequestSavepoint(request, now, _effects);
        return Take();
    }

    /// <summary>
    /// Another parallelism: from a checkpoint taken for it where the job runs, else from the last one. While
    /// subtasks stop for an earlier one, the later holds. Answered once it is stored; from then on every
    /// attempt has it, also of a JobMaster that takes over.
    /// </summary>
    public IReadOnlyList<JobEffect> Rescale(int request, RescalePlan plan, DateTimeOffset now)
    {
        if (plan.Key.Length > 0 && _record.Rescaled is { } rescaled && rescaled.Request == plan.Key)
        {
            _effects.Add(new AnswerRescale(request, rescaled.Parallelism, rescaled.Path));
            return Take();
        }
        bool isEnding = _ending is not (null or AfterStop.Replace) || _isFinishing;
        if (isEnding || State.IsTerminal() || _record.IsStopped)
        {
            Refuse(request, ErrorKind.Invalid, "The job is about to end.");
            return Take();
        }
        if (State != JobState.Running && _options.Checkpoint.AlignedTimeout > TimeSpan.Zero)
        {
            // The last checkpoint may hold records of channels, which fit its own parallelism only.
            Refuse(request, ErrorKind.Unavailable, "The job does not run now; ask again when it does.");
            return Take();
        }
        var savepoint = new SavepointRequest(request, "", "", AfterSavepoint.Rescale)
        {
            Rescale = plan,
            Key = plan.Key,
        };
        if (State == JobState.Running) _checkpoints.RequestSavepoint(savepoint, now, _effects);
        else Follow(savepoint, LastRestorePoint, now);
        return Take();
    }

    /// <summary>A savepoint is complete, and its purpose follows.</summary>
    private void Follow(SavepointRequest request, string path, DateTimeOffset now)
    {
        switch (request.Then)
        {
            case AfterSavepoint.Stop: _stopRequest = request.Id; break;
            case AfterSavepoint.Cancel:
                _effects.Add(new AnswerSavepoint(request.Id, path, default, ""));
                CancelNow(now);
                break;
            case AfterSavepoint.Rescale: Replace(request, path, now); break;
            default: break;
        }
    }

    /// <summary>What follows may have been lost with the JobMaster that was asked first.</summary>
    private void Repeat(SavepointRequest request, string path, DateTimeOffset now)
    {
        if (State.IsTerminal() || request.Then == AfterSavepoint.GoOn)
            _effects.Add(new AnswerSavepoint(request.Id, path, default, ""));
        else Follow(request, path, now);
    }

    private void Replace(SavepointRequest request, string path, DateTimeOffset now)
    {
        RescalePlan plan = request.Rescale!;
        Remember(new GraphReplaced
        {
            Graph = plan.Bytes,
            Parallelism = plan.Parallelism,
            At = now.ToUnixTimeMilliseconds(),
            Path = path,
            Request = plan.Key,
            LastCheckpoint = _record.LastCheckpoint,
        });
        _effects.Add(new AnswerRescale(request.Id, plan.Parallelism, path));
        EndAfterStop(
            new AfterStop.Replace(plan.Graph), $"The job goes on with parallelism {plan.Parallelism}.", now);
    }

    private ImmutableArray<string> RetainedFolders => [.. _record.Retained.Select(c => c.Folder)];

    /// <summary>
    /// What earlier JobMasters have left half done. Only once something of this one is stored: an earlier one
    /// that was merely slow can't store any more then that such a checkpoint is complete.
    /// </summary>
    private void SweepLeftovers()
    {
        if (_hasSwept) return;
        _hasSwept = true;
        _effects.Add(new SweepFolder(_folder, RetainedFolders, _leftoversUpTo));
        if (!_openSavepoints.IsEmpty) _effects.Add(new DeleteFolders(_openSavepoints));
    }

    private void AfterCheckpointChange(DateTimeOffset now)
    {
        if (_ending is not null || State != JobState.Running) return;
        if (_checkpoints.Intolerable is { } reason)
            FailRegions([.. _graph.Regions.Where(r => r.IsAlive)], ErrorKind.Unavailable, "", reason, now);
        else FinishIfEnded(now);
    }

    /// <summary>Empty: none.</summary>
    private string LastRestorePoint =>
        _record.Retained.LastOrDefault()?.Folder ?? _record.Submission!.RestorePath;

    private bool IsOf(int attempt, SubtaskKey subtask) =>
        _graph.Contains(subtask) && _graph.RegionOf(subtask).Attempt == attempt;

    private void Refuse(int request, ErrorKind kind, string message) =>
        _effects.Add(new AnswerSavepoint(request, null, kind, message));
}
