using Millrace.Processes;
using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>A node that asks to join while the only one that it could join by stands still.</summary>
public sealed class PausedJoinTests
{
    [Fact]
    public async Task A_node_that_has_asked_a_JobManager_while_it_stood_still_joins_when_it_goes_on()
    {
        await using var cluster = new TestCluster();
        await cluster.StartAsync(jobManagers: 1, taskManagers: 0, slots: 1);
        NodeProcess jobManager = cluster.Of(ProcessRole.JobManager)[0];
        Signals.SendStop(jobManager);
        NodeProcess added = await cluster.AddAsync(ProcessRole.TaskManager);
        // By then it has made a connection, got no answer by it and hung up.
        await Wait.ForAsync(
            () => File.ReadAllText(added.Log).Contains(
                "takes connections but does not answer", StringComparison.Ordinal),
            "the TaskManager finds that nobody answers");
        Signals.SendContinue(jobManager);
        await cluster.Cluster.ReadyAsync(added);
        await cluster.StopAsync();
    }
}
