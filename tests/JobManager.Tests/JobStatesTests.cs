using Millrace.JobManager.Execution;
using Xunit;

namespace Millrace.JobManager.Tests;

public sealed class JobStatesTests
{
    [Fact]
    public void Nothing_follows_an_end()
    {
        foreach (JobState end in Enum.GetValues<JobState>().Where(s => s.IsTerminal()))
            Assert.All(Enum.GetValues<JobState>(), to => Assert.False(JobStates.CanMove(end, to)));
    }

    [Fact]
    public void Every_state_is_reached_from_the_first_and_leads_to_an_end()
    {
        Assert.Equal(Enum.GetValues<JobState>().Length, Reachable(JobState.Initializing).Count);
        foreach (JobState state in Enum.GetValues<JobState>().Where(s => !s.IsTerminal()))
            Assert.Contains(Reachable(state), s => s.IsTerminal());
    }

    [Theory]
    [InlineData(JobState.Created, JobState.Finished)]
    [InlineData(JobState.Restarting, JobState.Finished)]
    [InlineData(JobState.Failing, JobState.Running)]
    [InlineData(JobState.Failing, JobState.Cancelling)]
    [InlineData(JobState.Cancelling, JobState.Failed)]
    [InlineData(JobState.Initializing, JobState.Running)]
    public void Moves_outside_the_table_are_refused(JobState from, JobState to) =>
        Assert.False(JobStates.CanMove(from, to));

    [Fact]
    public void A_subtask_may_skip_states_but_never_goes_back()
    {
        foreach (SubtaskState from in Enum.GetValues<SubtaskState>())
            foreach (SubtaskState to in Enum.GetValues<SubtaskState>())
                Assert.Equal(from < to && !from.HasStopped(), SubtaskStates.CanMove(from, to));
    }

    private static HashSet<JobState> Reachable(JobState start)
    {
        var seen = new HashSet<JobState> { start };
        var open = new Queue<JobState>(seen);
        while (open.TryDequeue(out JobState from))
            foreach (JobState to in Enum.GetValues<JobState>())
                if (JobStates.CanMove(from, to) && seen.Add(to)) open.Enqueue(to);
        return seen;
    }
}
