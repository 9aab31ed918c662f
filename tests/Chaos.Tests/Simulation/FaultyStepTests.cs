using Millrace.JobManager.Configuration;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;
using Xunit;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>One thing goes wrong at one step of a checkpoint, of a deployment or of an end.</summary>
public sealed class FaultyStepTests
{
    private const int SeedsEach = 5;

    [Theory]
    [InlineData("before JobRegistered")]
    [InlineData("after JobRegistered")]
    [InlineData("before SubmissionAccepted")]
    [InlineData("after SubmissionAccepted")]
    [InlineData("before AttemptStarted")]
    [InlineData("after AttemptStarted")]
    [InlineData("deployment")]
    [InlineData("before CheckpointIdsReserved")]
    [InlineData("after CheckpointIdsReserved")]
    [InlineData("trigger")]
    [InlineData("metadata")]
    [InlineData("before CheckpointTaken")]
    [InlineData("after CheckpointTaken")]
    [InlineData("notice")]
    [InlineData("finish")]
    [InlineData("before JobFinished")]
    [InlineData("after JobFinished")]
    [InlineData("before JobArchived")]
    [InlineData("after JobArchived")]
    [InlineData("before JobForgotten")]
    [InlineData("after JobForgotten")]
    public void A_JobManager_that_dies_at_this_step_changes_no_result(string step)
    {
        for (int seed = 0; seed < SeedsEach; seed++)
        {
            SimulationOutcome outcome = SimulationOutcome.Of(With(seed, plan => plan.DieAt(step)));
            Assert.Equal(JobStateCode.JobFinished, outcome.Report.State);
            Assert.Empty(outcome.UnusedFaults);
            Assert.Equal(1, outcome.LeaderChanges);
        }
    }

    [Theory]
    [InlineData(typeof(RegisterTaskManager), 0, 2)]
    [InlineData(typeof(TaskManagerRegistered), 0, 2)]
    [InlineData(typeof(TriggerCheckpoint), 2, 1)]
    [InlineData(typeof(TriggerCheckpoint), 3, 3)]
    [InlineData(typeof(SnapshotWritten), 0, 1)]
    [InlineData(typeof(SnapshotWritten), 5, 3)]
    [InlineData(typeof(SnapshotFailed), 0, 1)]
    [InlineData(typeof(CheckpointCompleted), 0, 1)]
    [InlineData(typeof(CheckpointCompleted), 3, 2)]
    [InlineData(typeof(CheckpointAborted), 0, 2)]
    [InlineData(typeof(SubtaskChanged), 1, 2)]
    [InlineData(typeof(CancelSubtasks), 0, 1)]
    [InlineData(typeof(ReleaseSlot), 0, 1)]
    public void A_message_that_is_lost_changes_no_result(Type message, int passing, int lost)
    {
        List<SimulationOutcome> outcomes = Lose(message, passing, lost);
        Assert.All(outcomes, o => Assert.Equal(JobStateCode.JobFinished, o.Report.State));
        Assert.Contains(outcomes, o => o.UnusedFaults.Count == 0);
    }

    [Theory]
    [InlineData(typeof(DeploySubtasks), 0, 1)]
    [InlineData(typeof(DeploySubtasks), 1, 4)]
    [InlineData(typeof(FinishSubtasks), 0, 1)]
    [InlineData(typeof(FinishSubtasks), 1, 3)]
    public void A_command_that_is_lost_is_sent_again(Type message, int passing, int lost)
    {
        List<SimulationOutcome> outcomes = Lose(message, passing, lost);
        Assert.All(outcomes, o => Assert.Equal(JobStateCode.JobFinished, o.Report.State));
        Assert.Contains(outcomes, o => o.UnusedFaults.Count == 0);
    }

    [Theory]
    [InlineData("before StopTaken")]
    [InlineData("before JobFinished")]
    public void A_JobManager_that_dies_around_a_stop_with_savepoint_changes_no_result(string step) =>
        DieWhileStopping(step);

    [Theory]
    [InlineData("after StopTaken")]
    [InlineData("finish")]
    public void A_JobManager_that_dies_in_a_stop_with_savepoint_commits_all_before_it(string step) =>
        DieWhileStopping(step);

    [Fact]
    public void A_leader_whose_JobMaster_meets_the_events_of_another_one_deploys_no_attempt_any_more()
    {
        for (int seed = 0; seed < SeedsEach; seed++)
        {
            SimulationOutcome outcome = SimulationOutcome.Of(new SimulationSettings(seed)
            {
                Script = [(TimeSpan.FromSeconds(2), LetAnotherLead)],
            });
            Assert.Equal(JobStateCode.JobFinished, outcome.Report.State);
            Assert.Equal(1, outcome.LeaderChanges);
            List<string> again = [.. outcome.History.Where(h => h.Contains("DeploySubtasks {")
                && h.Contains("\"attempt\": 2,"))];
            Assert.NotEmpty(again);
            Assert.DoesNotContain(again, h => h.Contains(" jm2 -> "));
        }
    }

    private static void LetAnotherLead(Simulation simulation)
    {
        simulation.Events.WriteAsAnother("jobmanager", new LeaderStarted { Term = 2 });
        simulation.Events.WriteAsAnother(
            $"job-{Simulation.Job}",
            new FailureSeen { Failure = new ExceptionReport { Message = "seen by another" } });
    }

    private static void DieWhileStopping(string step)
    {
        for (int seed = 0; seed < SeedsEach; seed++)
        {
            SimulationOutcome outcome = SimulationOutcome.Of(With(seed, plan => plan.DieAt(step)) with
            {
                Script = [(TimeSpan.FromSeconds(2), s => s.Ask(Stop))],
            });
            Assert.Equal(JobStateCode.JobFinished, outcome.Report.State);
        }
    }

    private static readonly TakeSavepoint Stop =
        new() { JobId = Simulation.Job, Target = "/data/savepoints", Stop = true };

    private static List<SimulationOutcome> Lose(Type message, int passing, int lost) =>
        [.. Enumerable.Range(0, SeedsEach).Select(
            seed => SimulationOutcome.Of(With(seed, plan => plan.Lose(message, passing, lost))))];

    /// <summary>A few failures of every kind, so that every kind of message is sent.</summary>
    private static SimulationSettings With(int seed, Action<FaultPlan> fault) => new(seed)
    {
        Job = new JobOptions
        {
            Restart = new RestartOptions { Attempts = int.MaxValue, Delay = TimeSpan.FromMilliseconds(100) },
            Checkpoint = new CheckpointOptions
            {
                Interval = TimeSpan.FromMilliseconds(700),
                Timeout = TimeSpan.FromSeconds(3),
                TolerableFailures = 1,
                Retained = 1,
            },
        },
        Faults = (simulation, random) =>
        {
            var plan = new FaultPlan(simulation, random) { RunFailures = 8, WriteFailures = 60 };
            fault(plan);
            return plan;
        },
    };
}
