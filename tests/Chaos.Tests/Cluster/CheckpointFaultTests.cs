using Millrace.JobManager.Configuration;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>A disk that is slow or fails while a checkpoint is taken or restored.</summary>
public sealed class CheckpointFaultTests
{
    private const string SourceFile = "source-numbers-0-";
    private const string SumsFile = "group-aggregate-1-0-";
    private const string MetadataFile = "_metadata";

    /// <summary>Of a snapshot the acknowledgement is late, of the metadata the completion.</summary>
    [Theory(Timeout = 180_000)]
    [InlineData(SourceFile)]
    [InlineData(SumsFile)]
    [InlineData(MetadataFile)]
    public async Task A_checkpoint_that_expires_while_a_file_is_written_completes_nothing_later(string file)
    {
        await using var cluster = new ChaosCluster();
        await cluster.StartAsync(jobManagers: 1, taskManagers: 2);
        ChaosJob job = cluster.NewJob();
        await job.RunAsync(parallelism: 2, WithTimeout(TimeSpan.FromSeconds(2)));
        using FileFault held = cluster.Files.HoldWrite(file);
        JobReport report = await job.UntilAsync(
            r => Failed(r).Any(c => IsSaid(c.Failure, "was not complete after 2 s")), "a checkpoint expires");
        CheckpointReport expired = Failed(report).First();
        held.Release();
        report = await job.UntilNextCheckpointAsync(report);
        Assert.DoesNotContain(report.Retained, c => c.CheckpointId == expired.CheckpointId);
        await ChaosCluster.UntilAsync(() => !Directory.Exists(expired.Folder), "nothing is left of it");
        Assert.Equal(1, (await job.UntilFinishedAsync()).Attempt);
    }

    [Theory(Timeout = 180_000)]
    [InlineData(SourceFile)]
    [InlineData(SumsFile)]
    [InlineData(MetadataFile)]
    public async Task A_checkpoint_that_is_declined_is_followed_by_one_that_is_not(string file)
    {
        await using var cluster = new ChaosCluster();
        await cluster.StartAsync(jobManagers: 1, taskManagers: 2);
        ChaosJob job = cluster.NewJob();
        JobReport report = await job.RunAsync(parallelism: 2);
        FileFault fault = cluster.Files.FailWrites(file, count: 2);
        report = await job.UntilAsync(r => Failed(r).Count() == 2, "two checkpoints are declined");
        Assert.Equal(0, fault.Left);
        Assert.All(Failed(report), c => Assert.True(IsSaid(c.Failure, "Input/output error")));
        await job.UntilNextCheckpointAsync(report);
        Assert.Equal(1, (await job.UntilFinishedAsync()).Attempt);
    }

    [Theory(Timeout = 180_000)]
    [InlineData(SourceFile)]
    [InlineData(SumsFile)]
    [InlineData(MetadataFile)]
    public async Task A_restore_that_fails_is_tried_again(string file)
    {
        await using var cluster = new ChaosCluster();
        await cluster.StartAsync(jobManagers: 1, taskManagers: 2);
        ChaosJob job = cluster.NewJob();
        JobReport before = await job.RunAsync(parallelism: 2);
        FileFault fault = cluster.Files.FailReads(file, count: 2);
        await job.FailAsync(vertex: 1, subtask: 1);
        JobReport after = await job.UntilGoneOnAsync(before);
        Assert.Equal(0, fault.Left);
        Assert.Contains(after.Exceptions, e => IsSaid(e.Message, "Input/output error"));
        await job.UntilFinishedAsync();
    }

    private static bool IsSaid(string message, string words) =>
        message.Contains(words, StringComparison.Ordinal);

    private static IEnumerable<CheckpointReport> Failed(JobReport report) =>
        report.Checkpoints.Where(c => c.Failure.Length > 0);

    private static JobOptions WithTimeout(TimeSpan timeout) => ChaosJob.Options with
    {
        Checkpoint = ChaosJob.Options.Checkpoint with { Timeout = timeout },
    };
}
