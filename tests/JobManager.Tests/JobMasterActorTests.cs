using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Google.Protobuf;
using Millrace.Connectors;
using Millrace.JobManager.Actors;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Planning;
using Millrace.JobManager.Scheduling;
using Millrace.JobManager.Tests.Fakes;
using Millrace.Operators;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;
using Xunit;

namespace Millrace.JobManager.Tests;

/// <summary>
/// One JobMaster with probes for its slots, its JobManager and its client, on a clock that the test moves.
/// </summary>
public sealed class JobMasterActorTests : TestKit
{
    private static readonly JobId Job = new("0123456789abcdef");

    private readonly FakeCheckpointStore _store = new();
    private TestProbe _jobManager = null!;
    private readonly TestProbe _client;
    private readonly TestProbe _slot;
    private IActorRef _jobMaster;

    public JobMasterActorTests() : base(ActorTestConfig.WithClock)
    {
        _client = CreateTestProbe();
        _slot = CreateTestProbe();
        _jobMaster = StartJobMaster();
    }

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_submission_is_answered_when_it_is_stored_and_asks_for_slots()
    {
        Submit();
        SlotsWanted wanted = _jobManager.FishForMessage<SlotsWanted>(_ => true);
        Assert.Equal((Job, 5L, 1), (wanted.Job, wanted.Sequence, wanted.Count));
    }

    [Fact]
    public void All_subtasks_of_a_slot_are_deployed_with_the_ports_of_all_slots()
    {
        Submit();
        DeploySubtasks deploy = Grant();
        Assert.Equal([(0, 0), (1, 0)], deploy.Subtasks.Select(s => (s.Vertex, s.Subtask)));
        Assert.Equal("a:7", Assert.Single(ExchangesCodec.FromBytes(deploy.Exchanges)));
        Assert.Null(deploy.Restore);
    }

    [Fact]
    public async Task A_checkpoint_is_announced_once_its_metadata_is_durable()
    {
        await RunAsync();
        TriggerCheckpoint trigger = await NextCheckpointAsync();
        Assert.Equal($"/data/checkpoints/{Job}/chk-1", trigger.Folder);
        Acknowledge(trigger, 0);
        Acknowledge(trigger, 1);
        Assert.Equal(1, _slot.ExpectMsg<CheckpointCompleted>().CheckpointId);
        Assert.Equal(2, _store.Folders[trigger.Folder].Subtasks.Length);
    }

    [Fact]
    public async Task A_savepoint_asked_for_again_while_it_is_taken_is_one_and_answers_who_asked_last()
    {
        await RunAsync();
        var ask = new TakeSavepoint { JobId = Job.Value, Target = "/savepoints", Request = "once" };
        _jobMaster.Tell(ask, CreateTestProbe().Ref);
        TriggerCheckpoint trigger = _slot.ExpectMsg<TriggerCheckpoint>();
        _jobMaster.Tell(ask, _client.Ref);
        Acknowledge(trigger, 0);
        Acknowledge(trigger, 1);
        Assert.Equal(trigger.Folder, _client.ExpectMsg<SavepointDone>().Path);
        Assert.Equal(1, (await ReportAsync()).CheckpointsCompleted);
        Assert.False(_slot.HasMessages);
    }

    [Fact]
    public async Task A_checkpoint_that_takes_too_long_is_aborted_and_a_late_acknowledgement_is_ignored()
    {
        await RunAsync();
        TriggerCheckpoint trigger = await NextCheckpointAsync();
        Acknowledge(trigger, 0);
        await SettledAsync();
        Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1, _slot.FishForMessage<CheckpointAborted>(_ => true).CheckpointId);
        Acknowledge(trigger, 1);
        JobReport report = await ReportAsync();
        Assert.Equal((0L, 1L), (report.CheckpointsCompleted, report.CheckpointsFailed));
        Assert.Empty(_store.Folders);
    }

    [Fact]
    public async Task A_full_disk_at_a_checkpoint_is_declined_and_tolerated_so_often()
    {
        await RunAsync();
        _store.WriteError = "No space left on device";
        for (int i = 0; i < 2; i++)
        {
            TriggerCheckpoint trigger = await NextCheckpointAsync();
            Acknowledge(trigger, 0);
            Acknowledge(trigger, 1);
            _slot.FishForMessage<CheckpointAborted>(_ => true);
        }
        _slot.ExpectMsg<CancelSubtasks>();
        JobReport report = await ReportAsync();
        Assert.Equal(JobStateCode.JobRestarting, report.State);
        Assert.Contains(
            "No space left on device", Assert.Single(report.Exceptions).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_comes_after_the_delay_on_the_same_slots()
    {
        await RunAsync();
        Tell(0, SubtaskStateCode.SubtaskFailed);
        _slot.ExpectMsg<CancelSubtasks>();
        Tell(1, SubtaskStateCode.SubtaskCanceled);
        await SettledAsync();
        Clock.Advance(TimeSpan.FromSeconds(4.9));
        _slot.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(2, _slot.ExpectMsg<DeploySubtasks>().Attempt);
    }

    [Fact]
    public async Task The_next_JobMaster_deploys_from_the_last_checkpoint_that_is_not_damaged()
    {
        await RunAsync();
        for (int i = 0; i < 2; i++)
        {
            TriggerCheckpoint trigger = await NextCheckpointAsync();
            Acknowledge(trigger, 0);
            Acknowledge(trigger, 1);
            _slot.ExpectMsg<CheckpointCompleted>();
            if (i == 1) _store.Damaged.Add(trigger.Folder);
        }
        Watch(_jobMaster);
        Sys.Stop(_jobMaster);
        ExpectTerminated(_jobMaster);
        _jobMaster = StartJobMaster();
        DeploySubtasks deploy = Grant();
        Assert.Equal((2, 1L), (deploy.Attempt, deploy.Restore.CheckpointId));
        JobReport report = await ReportAsync();
        Assert.Contains(
            "chk-2 is damaged", Assert.Single(report.Exceptions).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slot_that_dies_fails_its_subtasks()
    {
        await RunAsync();
        Sys.Stop(_slot.Ref);
        await Wait.ForAsync(
            async () => (await ReportAsync()).State == JobStateCode.JobRestarting, "the job restarts");
        await SettledAsync();
        Clock.Advance(TimeSpan.FromSeconds(5));
        _jobManager.FishForMessage<SlotsWanted>(_ => true);
    }

    [Fact]
    public async Task That_the_node_of_a_slot_has_gone_counts_when_the_JobManager_says_so()
    {
        await RunAsync();
        ((IInternalActorRef)_jobMaster).SendSystemMessage(
            new DeathWatchNotification(_slot.Ref, existenceConfirmed: true, addressTerminated: true));
        Assert.Equal(JobStateCode.JobRunning, (await ReportAsync()).State);
        _jobMaster.Tell(new SlotsLost("a:1"));
        Assert.Equal(JobStateCode.JobRestarting, (await ReportAsync()).State);
    }

    [Fact]
    public async Task A_lost_report_is_made_good_by_the_next_slot_report()
    {
        Submit();
        Grant();
        var report = new SlotReport { JobId = Job.Value, Attempt = 1, SlotId = "a:1/0" };
        for (int vertex = 0; vertex < 2; vertex++)
            report.Subtasks.Add(new SubtaskMetrics
            {
                Subtask = new SubtaskRef { Vertex = vertex },
                State = SubtaskStateCode.SubtaskRunning,
                Attempt = 1,
            });
        _jobMaster.Tell(report, _slot.Ref);
        Assert.Equal(JobStateCode.JobRunning, (await ReportAsync()).State);
    }

    [Fact]
    public async Task A_forgotten_job_removes_its_journal_and_stops()
    {
        await RunAsync();
        _jobMaster.Tell(new CancelJob { JobId = Job.Value }, _client.Ref);
        _client.ExpectMsg<RequestDone>();
        Tell(0, SubtaskStateCode.SubtaskCanceled);
        Tell(1, SubtaskStateCode.SubtaskCanceled);
        JobReport end = _jobManager.FishForMessage<JobEndReported>(_ => true).Report;
        Assert.Equal(JobStateCode.JobCanceled, end.State);
        _slot.FishForMessage<ReleaseSlot>(_ => true);
        Watch(_jobMaster);
        _jobMaster.Tell(ForgetJob.Instance);
        ExpectTerminated(_jobMaster);
        _jobMaster = StartJobMaster();
        _jobMaster.Tell(new GetJob { JobId = Job.Value }, _client.Ref);
        Assert.Contains(
            "is being submitted", _client.ExpectMsg<RequestFailed>().Message, StringComparison.Ordinal);
    }

    private IActorRef StartJobMaster()
    {
        _jobManager = CreateTestProbe();
        var options = new JobManagerOptions { DataFolder = "/data" };
        var submission = new JobSubmission(new SqlJobPlanner(ConnectorRegistry.Default), _store);
        return _jobManager.ChildActorOf(
            Props.Create(() => new JobMasterActor(Job, 5, 1, options, _store, submission)));
    }

    private void Submit()
    {
        var options = new JobOptions
        {
            Restart = new RestartOptions { Attempts = 3, Delay = TimeSpan.FromSeconds(5) },
            Checkpoint = new CheckpointOptions
            {
                Interval = TimeSpan.FromSeconds(10),
                Timeout = TimeSpan.FromSeconds(60),
                TolerableFailures = 1,
            },
        };
        var submission = new SubmissionAccepted
        {
            JobId = Job.Value,
            Name = "test-job",
            Graph = ByteString.CopyFrom(OperatorFactory.Codec.Encode(TestGraphs.SourceToSink())),
            Settings = JobSettingsCodec.ToMessage(options),
        };
        _jobMaster.Tell(new AcceptSubmission(submission, _client.Ref));
        Assert.Equal(Job.Value, _client.ExpectMsg<JobSubmitted>().JobId);
    }

    private DeploySubtasks Grant()
    {
        long number = _jobManager.FishForMessage<SlotsWanted>(_ => true).Number;
        _jobMaster.Tell(new SlotsGranted(number, [new Slot("a:1/0", "a:1", _slot.Ref) { Exchange = "a:7" }]));
        return _slot.FishForMessage<DeploySubtasks>(_ => true);
    }

    private async Task RunAsync()
    {
        Submit();
        Grant();
        Tell(0, SubtaskStateCode.SubtaskRunning);
        Tell(1, SubtaskStateCode.SubtaskRunning);
        Assert.Equal(JobStateCode.JobRunning, (await ReportAsync()).State);
    }

    private void Tell(int vertex, SubtaskStateCode state) => _jobMaster.Tell(
        new SubtaskChanged
        {
            JobId = Job.Value,
            Attempt = 1,
            Subtask = new SubtaskRef { Vertex = vertex },
            State = state,
            Kind = FailureKind.FailureUnavailable,
            Message = "boom",
        },
        _slot.Ref);

    private async Task<TriggerCheckpoint> NextCheckpointAsync()
    {
        await SettledAsync();
        Clock.Advance(TimeSpan.FromSeconds(10));
        return _slot.ExpectMsg<TriggerCheckpoint>();
    }

    private void Acknowledge(TriggerCheckpoint trigger, int vertex) => _jobMaster.Tell(
        new SnapshotWritten
        {
            JobId = Job.Value,
            Attempt = trigger.Attempt,
            CheckpointId = trigger.CheckpointId,
            Subtask = new SubtaskRef { Vertex = vertex },
            Snapshot = new Snapshot { VertexId = "v", SizeBytes = 10 },
        },
        _slot.Ref);

    /// <summary>Everything sent before has been worked off, events stored included.</summary>
    private async Task SettledAsync() => await ReportAsync();

    private async Task<JobReport> ReportAsync()
    {
        _jobMaster.Tell(new GetJob { JobId = Job.Value }, _client.Ref);
        return await _client.ExpectMsgAsync<JobReport>();
    }
}
