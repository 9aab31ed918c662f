using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

public sealed class LeaderLossTests
{
    [Fact(Timeout = 180_000)]
    public Task A_JobManager_that_is_killed_is_replaced_by_one_that_goes_on_from_the_last_checkpoint() =>
        KillAsync((_, _) => []);

    [Fact(Timeout = 180_000)]
    public Task Registrations_that_are_lost_are_made_again() => KillAsync((standby, working) =>
        LoseOn<RegisterTaskManager>(working.Select(w => FaultyLinks.Of(w, standby))));

    [Fact(Timeout = 180_000)]
    public Task Registrations_whose_answers_are_lost_are_made_again() => KillAsync((standby, working) =>
        LoseOn<TaskManagerRegistered>(working.Select(w => FaultyLinks.Of(standby, w))));

    private static async Task KillAsync(
        Func<ChaosNode, ChaosNode[], IReadOnlyList<FaultyLink>> loseWords)
    {
        await using var cluster = new ChaosCluster();
        (ChaosNode[] leading, ChaosNode[] working) =
            await cluster.StartAsync(jobManagers: 2, taskManagers: 2);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(parallelism: 2);
        IReadOnlyList<FaultyLink> links = loseWords(leading[1], working);
        await leading[0].KillAsync();
        await job.UntilGoneOnAsync(before);
        Assert.All(links, l => Assert.Equal(0, l.LeftToLose));
        await job.UntilFinishedAsync();
    }

    private static List<FaultyLink> LoseOn<T>(IEnumerable<FaultyLink> links)
    {
        List<FaultyLink> all = [.. links];
        all.ForEach(l => l.Lose(typeof(T), 2));
        return all;
    }
}
