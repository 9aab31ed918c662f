using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>
/// Of two nodes one is not heard by the other any more, and all others hear both: somebody must go. What ends
/// itself is started again, as a service manager does it.
/// </summary>
public sealed class OneWayCutTests
{
    [Theory(Timeout = 180_000)]
    [InlineData("leader", "TaskManager")]
    [InlineData("TaskManager", "leader")]
    public Task A_leader_and_a_TaskManager_one_of_which_is_not_heard_cost_no_record(string from, string to) =>
        CutAsync(from, to);

    internal static async Task CutAsync(string from, string to)
    {
        await using var cluster = new ChaosCluster { RestartsEnded = true };
        (ChaosNode[] leading, ChaosNode[] working) =
            await cluster.StartAsync(jobManagers: 2, taskManagers: 2);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(parallelism: 2);
        FaultyLinks.Of(NodeOf(from), NodeOf(to)).IsCut = true;
        await ChaosCluster.UntilAsync(
            () => cluster.Nodes.Any(n => n.Ended.IsCompleted), "somebody ends itself");
        await cluster.UntilAgreedAsync();
        await job.UntilNextCheckpointAsync(before);
        await job.UntilFinishedAsync();

        ChaosNode NodeOf(string role) => role switch
        {
            "leader" => leading[0],
            "standby" => leading[1],
            "TaskManager" => working[0],
            _ => working[1],
        };
    }
}

/// <summary>As <see cref="OneWayCutTests"/>, beside them.</summary>
public sealed class OneWayCutOfStandbyTests
{
    [Theory(Timeout = 180_000)]
    [InlineData("leader", "standby")]
    [InlineData("standby", "leader")]
    public Task A_leader_and_a_standby_one_of_which_is_not_heard_cost_no_record(string from, string to) =>
        OneWayCutTests.CutAsync(from, to);
}

/// <summary>As <see cref="OneWayCutTests"/>, beside them.</summary>
public sealed class OneWayCutOfTaskManagersTests
{
    [Theory(Timeout = 180_000)]
    [InlineData("TaskManager", "other TaskManager")]
    [InlineData("other TaskManager", "TaskManager")]
    public Task Two_TaskManagers_one_of_which_is_not_heard_cost_no_record(string from, string to) =>
        OneWayCutTests.CutAsync(from, to);
}
