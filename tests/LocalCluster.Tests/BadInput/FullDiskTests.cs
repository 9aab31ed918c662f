using Millrace.JobManager;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Status;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.LocalCluster.Tests.BadInput;

/// <summary>
/// A checkpoint that finds no room on the disk has failed. As in Flink such failures are counted: beyond the
/// tolerated ones in a row the job starts again from the last good checkpoint, and nothing committed is lost.
/// </summary>
[Collection(BadInputGroup.Name)]
public sealed class FullDiskTests(BadInputCluster fixture)
{
    private const string Full = "No space left on device";

    [Theory]
    [InlineData(null)]
    [InlineData("_metadata")]
    public async Task A_job_that_tolerates_no_failed_checkpoint_restarts_from_the_one_before(string? file)
    {
        using SmallJob job = NewJob(tolerable: 0);
        JobId id = await StartCommittedAsync(job);
        fixture.CheckpointFiles.FillDisk(job.Checkpoints, count: 1, file);
        await SmallJob.UntilAsync(
            async () => (await fixture.Cluster.StatusAsync(id)).Restarts == 1, "a restart");
        JobStatus status = await EndAsync(job, id);
        Assert.Equal((JobState.Finished, 1), (status.State, status.Restarts));
        ExceptionStatus failure = Assert.Single(status.Exceptions);
        Assert.Equal(ErrorKind.Unavailable, failure.Kind);
        SmallJob.AssertSentence(
            failure.Message, "Checkpoint ", "has failed (0 failures in a row are tolerated)", Full);
        AssertComplete(job);
    }

    [Fact]
    public async Task A_job_goes_on_through_the_failed_checkpoints_that_it_tolerates()
    {
        using SmallJob job = NewJob(tolerable: 2);
        JobId id = await StartCommittedAsync(job);
        fixture.CheckpointFiles.FillDisk(job.Checkpoints, count: 2);
        await SmallJob.UntilAsync(
            async () => (await fixture.Cluster.StatusAsync(id)).CheckpointsFailed == 2,
            "two checkpoints have failed");
        JobStatus status = await EndAsync(job, id);
        Assert.Equal((JobState.Finished, 0, ""), (status.State, status.Restarts, status.Detail));
        AssertComplete(job);
    }

    [Fact]
    public async Task A_disk_that_stays_full_fails_the_job_after_its_restarts_and_keeps_the_last_checkpoint()
    {
        using SmallJob job = NewJob(tolerable: 0, restarts: 1);
        JobId id = await StartCommittedAsync(job);
        using IDisposable full = fixture.CheckpointFiles.FillDisk(job.Checkpoints, count: int.MaxValue);
        JobStatus status = await SmallJob.EndAsync(fixture.Cluster, id);
        Assert.Equal((JobState.Failed, 1), (status.State, status.Restarts));
        SmallJob.AssertSentence(status.Detail, Full, "the job has used up its 1 restarts");
        Assert.Equal(["1|a|10|NULL"], job.Rows());

        string last = status.Checkpoints.Last(c => c.Failure is null).Folder;
        full.Dispose();
        id = await job.StartAsync(fixture.Cluster, new RestoreFrom(last));
        status = await EndAsync(job, id);
        Assert.Equal((JobState.Finished, ""), (status.State, status.Detail));
        AssertComplete(job);
    }

    [Fact]
    public async Task A_savepoint_without_room_is_refused_and_the_job_goes_on()
    {
        using SmallJob job = NewJob(tolerable: 0);
        JobId id = await StartCommittedAsync(job);
        string target = job.Checkpoints + "-savepoints";
        fixture.CheckpointFiles.FillDisk(target, count: 1);
        MillraceException refusal = await Assert.ThrowsAsync<MillraceException>(
            () => fixture.Cluster.SavepointAsync(id, target));
        SmallJob.AssertSentence(refusal.Message, "The savepoint has failed", Full);
        Assert.True(Directory.Exists(await fixture.Cluster.SavepointAsync(id, target)));
        JobStatus status = await EndAsync(job, id);
        Assert.Equal((JobState.Finished, 0), (status.State, status.Restarts));
        AssertComplete(job);
    }

    private static SmallJob NewJob(int tolerable, int restarts = 3)
    {
        var job = new SmallJob
        {
            Checkpoint = new CheckpointOptions
            {
                Interval = TimeSpan.FromMilliseconds(20),
                TolerableFailures = tolerable,
            },
            Restart = new RestartOptions { Attempts = restarts, Delay = TimeSpan.FromMilliseconds(10) },
        };
        job.Write("a.json", """{"id":1,"kind":"a","score":10}""");
        job.Write("later-b.json", """{"id":2,"kind":"b","score":20}""");
        return job;
    }

    private async Task<JobId> StartCommittedAsync(SmallJob job)
    {
        JobId id = await job.StartAsync(fixture.Cluster);
        await job.CommittedAsync(fixture.Cluster, id, rows: 1);
        return id;
    }

    private async Task<JobStatus> EndAsync(SmallJob job, JobId id)
    {
        fixture.Held.Release(job.Events);
        return await SmallJob.EndAsync(fixture.Cluster, id);
    }

    private static void AssertComplete(SmallJob job) =>
        Assert.Equal(["1|a|10|NULL", "2|b|20|NULL"], job.Rows());
}
