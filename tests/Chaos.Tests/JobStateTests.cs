using Millrace.Chaos.Tests.Simulation;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests;

public sealed class JobStateTests
{
    /// <summary>
    /// From each state of a row to those of its columns, in the order of the enum; x may be made.
    /// </summary>
    private static readonly string[] Moves =
    [
        //              INI CRE RUN RES FLG FLD CLG CLD FIN SUS
        /* Initializing */ ". x . . . x x . . x",
        /* Created      */ ". . x x x . x . . x",
        /* Running      */ ". . . x x . x . x x",
        /* Restarting   */ ". x x . x . x . . x",
        /* Failing      */ ". . . . . x . . . x",
        /* Failed       */ ". . . . . . . . . .",
        /* Cancelling   */ ". . . . . . . x . x",
        /* Canceled     */ ". . . . . . . . . .",
        /* Finished     */ ". . . . . . . . . .",
        /* Suspended    */ "x . . . . . . . . .",
    ];

    public static TheoryData<JobState, JobState> Pairs()
    {
        var pairs = new TheoryData<JobState, JobState>();
        foreach (JobState from in Enum.GetValues<JobState>())
            foreach (JobState to in Enum.GetValues<JobState>())
                pairs.Add(from, to);
        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_job_makes_the_moves_of_the_table_and_refuses_all_others(JobState from, JobState to)
    {
        ExecutionGraph graph = In(from);
        if (MayMove(from, to) || from == to)
        {
            graph.MoveTo(to);
            Assert.Equal(to, graph.State);
        }
        else
        {
            var refused = Assert.Throws<MillraceException>(() => graph.MoveTo(to));
            Assert.Equal(ErrorKind.Bug, refused.Kind);
            Assert.Equal(from, graph.State);
        }
    }

    [Fact]
    public void A_subtask_makes_no_move_twice_none_back_and_none_after_its_end()
    {
        var key = new SubtaskKey(0, 0);
        foreach (SubtaskState from in Enum.GetValues<SubtaskState>())
            foreach (SubtaskState to in Enum.GetValues<SubtaskState>())
            {
                var graph = new ExecutionGraph(SimulatedGraphs.SourceToSink(1, ExchangeKind.Rebalance));
                foreach (Region region in graph.Regions) graph.Deploy(region);
                graph.Apply(key, from);
                bool isMove = to > from && from < SubtaskState.Finished;
                Assert.Equal(isMove, graph.Apply(key, to));
                Assert.Equal(isMove ? to : from, graph[key]);
            }
    }

    /// <summary>
    /// Restarts and a JobManager that shuts down; a job that is canceled; one that may not restart.
    /// </summary>
    [Fact]
    public void Every_state_of_a_job_is_reached()
    {
        HashSet<JobStateCode> seen =
        [
            .. SimulationOutcome.Of(Settings(
                (800, s => s.Ask(Fail)),
                (1200, s => s.Ask(new AwaitJob { JobId = Simulation.Simulation.Job })),
                (1500, s => s.ShutDownLeader()))).States,
            .. SimulationOutcome.Of(Settings(
                (2000, s => s.Ask(new CancelJob { JobId = Simulation.Simulation.Job })))).States,
            .. SimulationOutcome.Of(Settings((2000, s => s.Ask(Fail))) with
            {
                Job = new JobOptions { Restart = new RestartOptions { Strategy = RestartStrategyKind.None } },
            }).States,
        ];
        Assert.Equal(Enum.GetValues<JobStateCode>().Order(), seen.Order());
    }

    private static readonly FailSubtask Fail =
        new() { JobId = Simulation.Simulation.Job, Reason = "asked for" };

    private static SimulationSettings Settings(
        params (int AtMs, Action<Simulation.Simulation> Act)[] script) => new(Seed: 1)
        {
            AskInterval = TimeSpan.FromMilliseconds(2),
            Script = [.. script.Select(s => (TimeSpan.FromMilliseconds(s.AtMs), s.Act))],
        };

    private static bool MayMove(JobState from, JobState to) => Moves[(int)from].Split(' ')[(int)to] == "x";

    /// <summary>A graph that has come to the state by moves of the table.</summary>
    private static ExecutionGraph In(JobState state)
    {
        var graph = new ExecutionGraph(SimulatedGraphs.SourceToSink(1, ExchangeKind.Rebalance));
        foreach (JobState step in WayTo(state)) graph.MoveTo(step);
        return graph;
    }

    private static IEnumerable<JobState> WayTo(JobState state) => state switch
    {
        JobState.Initializing => [],
        JobState.Created => [JobState.Created],
        JobState.Running => [JobState.Created, JobState.Running],
        JobState.Restarting => [JobState.Created, JobState.Restarting],
        JobState.Failing => [JobState.Created, JobState.Failing],
        JobState.Failed => [JobState.Failed],
        JobState.Cancelling => [JobState.Cancelling],
        JobState.Canceled => [JobState.Cancelling, JobState.Canceled],
        JobState.Finished => [JobState.Created, JobState.Running, JobState.Finished],
        _ => [JobState.Suspended],
    };
}
