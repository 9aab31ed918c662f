using Millrace.Shared.Hosting;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>When messages of a type are lost, and how many from or to each TaskManager.</summary>
internal sealed record Loss(LossStep Step, int Count);

internal enum LossStep
{
    /// <summary>The job is submitted and deployed.</summary>
    Start,

    /// <summary>Checkpoints come one after the other.</summary>
    Checkpoint,

    /// <summary>Snapshots can't be written.</summary>
    Decline,

    /// <summary>A subtask fails, the others are canceled, and all are deployed again.</summary>
    Restart,

    /// <summary>The data ends, the last checkpoint is taken, and all finish.</summary>
    End,
}

/// <summary>
/// One job from its submission to its end, while messages of one type are lost: it costs time, no record and no
/// restart.
/// </summary>
internal sealed class LostMessages
{
    private readonly ChaosCluster _cluster;
    private readonly ChaosJob _job;
    private readonly Type _message;
    private readonly IReadOnlyList<FaultyLink> _links;
    private JobReport _report = new();

    private LostMessages(ChaosCluster cluster, Type message, IReadOnlyList<FaultyLink> links)
    {
        _cluster = cluster;
        _job = cluster.NewJob();
        _message = message;
        _links = links;
    }

    /// <param name="isCommand">From the JobManager to TaskManagers, else the other way.</param>
    public static async Task RunAsync(Type message, bool isCommand, params Loss[] losses)
    {
        await using var cluster = new ChaosCluster
        {
            Lease = TimeSpan.FromSeconds(15),
            Downing = new DowningOptions { AcceptablePause = TimeSpan.FromSeconds(30) },
        };
        (ChaosNode[] leading, ChaosNode[] working) =
            await cluster.StartAsync(jobManagers: 1, taskManagers: 2);
        var lost = new LostMessages(cluster, message,
        [
            .. working.Select(w => isCommand
                ? FaultyLinks.Of(leading[0], w)
                : FaultyLinks.Of(w, leading[0])),
        ]);
        if (losses[0].Step != LossStep.Start) await lost.DoAsync(LossStep.Start);
        foreach (Loss loss in losses)
        {
            foreach (FaultyLink link in lost._links) link.Lose(message, loss.Count);
            await lost.DoAsync(loss.Step);
        }
        if (losses[^1].Step != LossStep.End) await lost.DoAsync(LossStep.End);
        Assert.Equal(losses.Count(l => l.Step == LossStep.Restart), lost._report.Restarts);
    }

    private Task DoAsync(LossStep step) => step switch
    {
        LossStep.Start => StartAsync(),
        LossStep.Checkpoint => CheckpointAsync(),
        LossStep.Decline => DeclineAsync(),
        LossStep.Restart => RestartAsync(),
        _ => EndAsync(),
    };

    private async Task StartAsync()
    {
        await _job.SubmitAsync(parallelism: 2);
        await UntilLostAsync();
        _report = await _job.UntilNextCheckpointAsync(_report);
    }

    private async Task CheckpointAsync()
    {
        await UntilLostAsync();
        _report = await _job.UntilNextCheckpointAsync((await _job.ReportAsync())!);
    }

    private async Task DeclineAsync()
    {
        // Of both sources, so that both links have a word of it.
        FileFault fault = _cluster.Files.FailWrites("source-numbers-", count: 2);
        await ChaosCluster.UntilAsync(() => fault.Left == 0, "two snapshots have failed");
        await CheckpointAsync();
    }

    private async Task RestartAsync()
    {
        await _job.FailAsync(vertex: 0, subtask: 0);
        await UntilLostAsync();
        _report = await _job.UntilGoneOnAsync(_report);
    }

    private async Task EndAsync()
    {
        _report = await _job.UntilFinishedAsync();
        await UntilLostAsync();
    }

    private Task UntilLostAsync() => ChaosCluster.UntilAsync(
        () => _links.All(l => l.LeftToLose == 0),
        $"{string.Join(" and ", _links.Select(l => l.LeftToLose))} messages {_message.Name} more are lost");
}
