using System.Collections.Immutable;
using Akka.Actor;
using Google.Protobuf;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Scheduling;
using Millrace.Operators;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Tests.Fakes;

/// <summary>
/// The world around a <see cref="JobMachine"/> without actors: keeps what its effects ask for, and lets a
/// test answer in any order. Holds the machine to its promises at each effect.
/// </summary>
internal sealed class MachineWorld
{
    private static readonly DateTimeOffset Epoch = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly JobOptions _options;
    private readonly Dictionary<SubtaskKey, int> _attempts = [];
    private JobGraph _graph;
    private readonly HashSet<(long, SubtaskKey)> _acknowledged = [];
    private long _lastTriggered;
    private readonly SortedSet<int> _deployed = [];

    public MachineWorld(
        JobOptions? options = null, int parallelism = 1, string restorePath = "", JobGraph? graph = null)
    {
        _options = options ?? WithCheckpoints();
        _graph = graph ?? TestGraphs.SourceToSink(parallelism);
        Store(new SubmissionAccepted
        {
            JobId = "0123456789",
            Name = "test-job",
            Graph = Encode(_graph),
            Settings = JobSettingsCodec.ToMessage(_options),
            RestorePath = restorePath,
        });
        Machine = NewMachine();
    }

    public JobMachine Machine { get; private set; }

    public DateTimeOffset Now { get; private set; } = Epoch;

    public List<IMessage> Journal { get; } = [];

    public List<JobEffect> Effects { get; } = [];

    public Dictionary<TimerKey, DateTimeOffset> Timers { get; } = [];

    public List<WriteMetadata> Writes { get; } = [];

    public List<ReadRestore> Reads { get; } = [];

    public HashSet<SubtaskKey> Alive { get; } = [];

    public List<AnswerSavepoint> Answers { get; } = [];

    public List<CheckpointId> Pending { get; } = [];

    /// <summary>The highest that was deployed.</summary>
    public int Attempt => _deployed.Max;

    /// <summary>The slots that the job has been granted; -1 marks where it lost one.</summary>
    public int Grants { get; private set; }

    /// <summary>What it asked for and has not been granted.</summary>
    public int Wanted { get; private set; }

    public List<AnswerRescale> Rescaled { get; } = [];

    public JobState State => Machine.State;

    public bool HasEnded { get; private set; }

    /// <summary>A checkpoint's folder is there at once.</summary>
    public bool MakesFolders { get; set; } = true;

    /// <summary>No slot reports what it has, unless the test does.</summary>
    public bool IsMute { get; set; }

    /// <summary>Each barrier once, however often it was told.</summary>
    public IEnumerable<TriggerBarrier> Triggers => Seen<TriggerBarrier>().Where(t => t.Slots.IsDefault);

    public IEnumerable<T> Seen<T>() where T : JobEffect => Effects.OfType<T>();

    public static JobOptions WithCheckpoints(int restarts = 3, int tolerable = 0, int concurrent = 1) => new()
    {
        Restart = new RestartOptions { Attempts = restarts, Delay = TimeSpan.FromSeconds(5) },
        Checkpoint = new CheckpointOptions
        {
            Interval = TimeSpan.FromSeconds(10),
            Timeout = TimeSpan.FromSeconds(60),
            MinPause = TimeSpan.FromSeconds(2),
            TolerableFailures = tolerable,
            MaxConcurrent = concurrent,
            Retained = 2,
        },
    };

    public MachineWorld Begin()
    {
        Do(Machine.Begin(Now));
        return this;
    }

    /// <summary>Up to the point where all subtasks run.</summary>
    public MachineWorld Run()
    {
        if (State == JobState.Initializing) Begin();
        if (Machine.IsWaitingForSlots) Grant();
        foreach (ReadRestore read in Reads.ToList()) AnswerRead(read);
        foreach (SubtaskKey key in Alive.ToList()) Report(key, SubtaskState.Running);
        return this;
    }

    /// <summary>As many slots as were asked for, with new names.</summary>
    public void Grant()
    {
        int count = Math.Max(1, Wanted);
        Wanted = 0;
        ImmutableArray<Slot> slots =
        [
            .. Enumerable.Range(0, count).Select(
                i => new Slot($"a:1/{Grants + i}", "a:1", ActorRefs.Nobody)),
        ];
        Grants += count;
        Do(Machine.OnSlotsGranted(slots, Now));
    }

    /// <summary>The attempt of the subtask that was deployed last; 0: none.</summary>
    public int AttemptOf(SubtaskKey key) => _attempts.GetValueOrDefault(key);

    public void Report(SubtaskKey key, SubtaskState state, ErrorKind kind = ErrorKind.Unavailable,
        string message = "boom", int? attempt = null)
    {
        if (state.HasStopped()) Alive.Remove(key);
        Do(Machine.OnSubtask(attempt ?? AttemptOf(key), key, state, kind, message, Now));
    }

    public void ReportAll(SubtaskState state)
    {
        foreach (SubtaskKey key in Alive.ToList()) Report(key, state);
    }

    public void Acknowledge(long checkpoint, SubtaskKey key, int? attempt = null)
    {
        if (attempt is null || attempt == AttemptOf(key)) _acknowledged.Add((checkpoint, key));
        var snapshot = new SubtaskSnapshot("v", key.Index, "", 1, []);
        Do(Machine.OnSnapshot(attempt ?? AttemptOf(key), new CheckpointId(checkpoint), key, snapshot));
    }

    public void AcknowledgeAll(long checkpoint)
    {
        foreach (SubtaskKey key in Machine.Graph.Subtasks.ToList()) Acknowledge(checkpoint, key);
    }

    /// <summary>All acknowledge and the metadata is written.</summary>
    public void Complete(long checkpoint)
    {
        AcknowledgeAll(checkpoint);
        foreach (WriteMetadata write in Writes.Where(w => w.Metadata.Checkpoint.Value == checkpoint).ToList())
            AnswerWrite(write);
    }

    public void Decline(long checkpoint, SubtaskKey key, string reason = "disk is full") =>
        Do(Machine.OnSnapshotFailed(AttemptOf(key), new CheckpointId(checkpoint), key, reason, Now));

    public void AnswerWrite(WriteMetadata write, string? error = null)
    {
        Writes.Remove(write);
        Do(Machine.OnMetadataWritten(write.Metadata, error, Now));
    }

    public void AnswerRead(ReadRestore read, MillraceException? error = null)
    {
        Reads.Remove(read);
        CheckpointMetadata? metadata = error is null
            ? new CheckpointMetadata(
                new CheckpointId(1), false, "test-job", _graph.MaxParallelism, read.Folder, [])
            : null;
        Do(Machine.OnRestoreRead(read.Attempt, metadata, error, Now));
    }

    public void LoseSlot(int index)
    {
        if (Machine.Slots[index] is not { } slot) return;
        Alive.RemoveWhere(k => k.Index == index);
        Do(Machine.OnSlotsLost([slot.Id], Now));
    }

    public void Rescale(int request, int parallelism, string key = "") =>
        Rescale(request, TestGraphs.SourceToSink(parallelism), parallelism, key);

    public void Rescale(int request, JobGraph graph, int parallelism, string key = "") => Do(Machine.Rescale(
        request, new RescalePlan(graph, Encode(graph), parallelism, key), Now));

    public void Cancel() => Do(Machine.Cancel(Now));

    public void Savepoint(int request, AfterSavepoint then = AfterSavepoint.GoOn, string key = "") =>
        Do(Machine.Savepoint(
            new SavepointRequest(request, "/savepoints", "012345", then) { Key = key }, Now));

    public void Fire(TimerKey key)
    {
        if (Timers.Remove(key, out DateTimeOffset due) && due > Now) Now = due;
        // Subtasks that have not stopped in time are given up.
        if (key.Kind == TimerKind.StopTimeout && key.Number < Machine.Graph.Regions.Length)
            Alive.ExceptWith(Machine.Graph.Regions[(int)key.Number].Subtasks);
        if (key.Kind == TimerKind.RepeatDue && !IsMute) ShowSlots();
        Do(Machine.OnTimer(key, Now));
    }

    /// <summary>The clock goes on, and what is due fires in order.</summary>
    public void Advance(TimeSpan span)
    {
        DateTimeOffset until = Now + span;
        while (Timers.Count > 0 && Timers.MinBy(t => t.Value) is var next && next.Value <= until)
            Fire(next.Key);
        Now = until;
    }

    /// <summary>Another JobMaster takes over from the journal.</summary>
    public MachineWorld Recover()
    {
        Machine.Suspend();
        Timers.Clear();
        Writes.Clear();
        Reads.Clear();
        Alive.Clear();
        Pending.Clear();
        Wanted = 0;
        Machine = NewMachine();
        return Begin();
    }

    public void Do(IReadOnlyList<JobEffect> effects)
    {
        foreach (JobEffect effect in effects)
        {
            Effects.Add(effect);
            Carry(effect);
        }
    }

    private void ShowSlots()
    {
        foreach (Slot slot in Machine.Slots.Held)
        {
            IEnumerable<SubtaskKey> known = Machine.Graph.SubtasksIn(Machine.Slots.IndexOf(slot.Id));
            Machine.OnSlotReport(slot.Id, known.Select(k => (k, AttemptOf(k))), completed: long.MaxValue);
        }
    }

    private JobMachine NewMachine()
    {
        var record = new JobRecord();
        foreach (IMessage e in Journal) record.Apply(e);
        _graph = OperatorFactory.Codec.Decode(record.Submission!.Graph.Span);
        return new JobMachine(
            record, _graph, _options, "/checkpoints/job", TimeSpan.FromSeconds(30), new Random(1));
    }

    private void Carry(JobEffect effect)
    {
        Require(
            !HasEnded || effect is DeleteFolders or AnswerSavepoint or StopTimer, $"{effect} after the end");
        switch (effect)
        {
            case Store e: Store(e.Event); break;
            case RequestSlots e: Wanted = e.Count; break;
            case DeployAttempt e: Carry(e); break;
            case TriggerBarrier e: Carry(e); break;
            case NotifyCompleted e: Carry(e); break;
            case NotifyAborted e: Pending.Remove(e.Checkpoint); break;
            case WriteMetadata e: Carry(e); break;
            case ReadRestore e: Reads.Add(e); break;
            case StartTimer e: Timers[e.Key] = Now + e.Delay; break;
            case StopTimer e: Timers.Remove(e.Key); break;
            case AnswerSavepoint e:
                Require(Answers.All(a => a.Request != e.Request), "a savepoint was answered twice");
                Answers.Add(e);
                break;
            case AnswerRescale e: Rescaled.Add(e); break;
            case AnnounceEnd: HasEnded = true; break;
            default: break;
        }
    }

    private void Carry(DeployAttempt deploy)
    {
        Require(Journal.OfType<AttemptStarted>().Any(
            a => a.Attempt == deploy.Attempt), "an attempt was not stored first");
        bool isAgain = AttemptOf(deploy.Subtasks[0]) == deploy.Attempt;
        foreach (SubtaskKey key in deploy.Subtasks)
        {
            Require(
                isAgain || deploy.Attempt > AttemptOf(key),
                $"attempt {deploy.Attempt} of {key} is not higher");
            Require(isAgain || !Alive.Contains(key), $"{key} was deployed before it had stopped");
            Require(
                Machine.Graph[key] == SubtaskState.Deploying,
                $"{key} was deployed again although it was seen");
            _attempts[key] = deploy.Attempt;
            Alive.Add(key);
        }
        if (isAgain) return;
        Require(
            deploy.Region.IsEmpty == (deploy.Subtasks.Length == Machine.Graph.Total),
            "a part of the job was deployed as if it were all of it");
        Require(
            deploy.Region.IsEmpty || !IsFreshlyRescaled,
            "a region was deployed alone although subtasks of another parallelism may not be replaced yet");
        // One that must read an earlier checkpoint is deployed behind a later one of another region.
        Require(_deployed.Add(deploy.Attempt), "an attempt's number was used twice");
        Require(Pending.Count == 0, "an attempt began while a checkpoint was under way");
    }

    private bool IsFreshlyRescaled =>
        Journal.FindLastIndex(e => e is GraphReplaced) > Journal.FindLastIndex(e => e is CheckpointTaken);

    private void Carry(TriggerBarrier trigger)
    {
        long id = trigger.Barrier.Checkpoint.Value;
        if (!trigger.Slots.IsDefault)
        {
            Require(Pending.Contains(trigger.Barrier.Checkpoint), "a barrier was told again after its end");
            return;
        }
        Require(id > _lastTriggered, "a checkpoint's number was used twice");
        Require(Journal.OfType<CheckpointIdsReserved>().Any(
            r => r.UpTo >= id), "a checkpoint's number was not reserved");
        Require(State == JobState.Running, "a checkpoint was triggered while the job does not run");
        _lastTriggered = id;
        Pending.Add(trigger.Barrier.Checkpoint);
        if (MakesFolders) Machine.OnBarrierTold(trigger.Barrier.Checkpoint, Now);
        Require(Pending.Count <= _options.Checkpoint.MaxConcurrent, "too many checkpoints at a time");
    }

    private void Carry(WriteMetadata write)
    {
        Require(
            Machine.Graph.Subtasks.All(k => _acknowledged.Contains((write.Metadata.Checkpoint.Value, k))),
            "metadata was written before all had acknowledged");
        Writes.Add(write);
    }

    private void Carry(NotifyCompleted completed)
    {
        Require(
            Journal.OfType<CheckpointTaken>().Any(t => t.CheckpointId == completed.Checkpoint.Value),
            "a checkpoint was announced before it was stored");
    }

    private void Store(IMessage happened)
    {
        Require(
            happened is not CheckpointTaken { Savepoint: false } late
            || Journal.OfType<CheckpointTaken>().All(t => t.Savepoint || t.CheckpointId < late.CheckpointId),
            "a restart goes back behind a checkpoint that was told to be complete");
        // What is stored is read back: the record must not depend on the object that was kept.
        Journal.Add(happened.Descriptor.Parser.ParseFrom(happened.ToByteArray()));
        if (happened is CheckpointTaken taken)
            Pending.Remove(new CheckpointId(taken.CheckpointId));
    }

    private static ByteString Encode(JobGraph graph) =>
        ByteString.CopyFrom(OperatorFactory.Codec.Encode(graph));

    private static void Require(bool condition, string broken)
    {
        if (!condition) throw new InvalidOperationException(broken);
    }
}
