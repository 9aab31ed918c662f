using System.Globalization;
using Millrace.JobManager;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Status;
using Millrace.LocalCluster.Tests.EdNetModel;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.LocalCluster.Tests.BadInput;

/// <summary>
/// A checkpoint file that was changed on the disk is named; the job takes the checkpoint before it.
/// </summary>
[Collection(BadInputGroup.Name)]
public sealed class DamagedCheckpointTests(BadInputCluster fixture)
{
    [Theory]
    [InlineData("_metadata", Damage.FlippedBit)]
    [InlineData("_metadata", Damage.Gone)]
    [InlineData("snapshot", Damage.FlippedBit)]
    [InlineData("snapshot", Damage.CutOff)]
    [InlineData("snapshot", Damage.Gone)]
    public async Task A_job_whose_newest_checkpoint_is_damaged_starts_from_the_one_before_and_names_the_file(
        string kind, Damage damage)
    {
        using var data = new TempFolder();
        using SmallJob job = NewJob();
        JobId id;
        IDisposable full;
        await using (Local.LocalCluster cluster = await fixture.StartAsync(data.Path))
        {
            id = await job.StartAsync(cluster);
            await job.CommittedAsync(cluster, id, rows: 1);
            full = await NoMoreCheckpointsAsync(cluster, id, job);
        }
        full.Dispose();
        string newest = Complete(Path.Combine(job.Checkpoints, id.Value))[^1];
        string damaged = Harm(newest, kind, damage);

        await using Local.LocalCluster again = await fixture.StartAsync(data.Path);
        fixture.Held.Release(job.Events);
        JobStatus status = await SmallJob.EndAsync(again, id);
        Assert.Equal((JobState.Finished, "", 0), (status.State, status.Detail, status.Restarts));
        ExceptionStatus failure = Assert.Single(status.Exceptions, e => e.Kind == ErrorKind.Corrupt);
        SmallJob.AssertSentence(
            failure.Message, damage == Damage.Gone && kind == "_metadata" ? newest : damaged);
        Assert.Equal(["1|a|10|NULL", "2|b|20|NULL"], job.Rows());
    }

    [Fact]
    public async Task A_job_whose_checkpoints_are_all_damaged_fails_and_does_not_begin_anew()
    {
        using var data = new TempFolder();
        using SmallJob job = NewJob();
        JobId id;
        await using (Local.LocalCluster cluster = await fixture.StartAsync(data.Path))
        {
            id = await job.StartAsync(cluster);
            await job.CommittedAsync(cluster, id, rows: 1);
        }
        foreach (string checkpoint in Complete(Path.Combine(job.Checkpoints, id.Value)))
            Harm(checkpoint, "snapshot", Damage.FlippedBit);
        await using Local.LocalCluster again = await fixture.StartAsync(data.Path);
        fixture.Held.Release(job.Events);
        JobStatus status = await SmallJob.EndAsync(again, id);
        Assert.Equal(JobState.Failed, status.State);
        SmallJob.AssertSentence(status.Detail, "No complete checkpoint is left that is not damaged");
        Assert.Equal(["1|a|10|NULL"], job.Rows());
    }

    [Theory]
    [InlineData("_metadata")]
    [InlineData("snapshot")]
    public async Task A_damaged_savepoint_is_refused_by_its_file(string kind)
    {
        using SmallJob job = NewJob();
        JobId id = await job.StartAsync(fixture.Cluster);
        await job.CommittedAsync(fixture.Cluster, id, rows: 1);
        string savepoint = await fixture.Cluster
            .StopWithSavepointAsync(id, job.Checkpoints + "-savepoints")
            .WaitAsync(SmallJob.Patience);
        await SmallJob.EndAsync(fixture.Cluster, id);
        string damaged = Harm(savepoint, kind, Damage.FlippedBit);
        fixture.Held.Release(job.Events);
        SmallJob.AssertSentence(await FailureAsync(job, savepoint), damaged, "damaged");
        Assert.Equal(["1|a|10|NULL"], job.Rows());
    }

    [Fact]
    public async Task A_savepoint_that_is_not_there_is_refused_by_its_folder()
    {
        using SmallJob job = NewJob();
        SmallJob.AssertSentence(await FailureAsync(job, "/nowhere/savepoint-1"),
            "There is no checkpoint at /nowhere/savepoint-1");
    }

    /// <summary>Refused at once, or failed without a restart.</summary>
    private async Task<string> FailureAsync(SmallJob job, string savepoint)
    {
        try
        {
            JobStatus status = await job.RunAsync(fixture.Cluster, new RestoreFrom(savepoint));
            Assert.Equal((JobState.Failed, 0), (status.State, status.Restarts));
            return status.Detail;
        }
        catch (MillraceException refusal)
        {
            return refusal.Message;
        }
    }

    /// <summary>
    /// Returns when the newest folder that is complete is that of the newest checkpoint that is stored: one
    /// that was begun after it has failed, and so do all later ones.
    /// </summary>
    /// <returns>Disposing it makes room again.</returns>
    private async Task<IDisposable> NoMoreCheckpointsAsync(
        Local.LocalCluster cluster, JobId id, SmallJob job)
    {
        IDisposable full = fixture.CheckpointFiles.FillDisk(job.Checkpoints, int.MaxValue, "_metadata");
        await SmallJob.UntilAsync(
            async () => (await cluster.StatusAsync(id)).Checkpoints.Any(
                c => c.Failure?.Contains("No space left", StringComparison.Ordinal) == true),
            "a checkpoint has failed");
        return full;
    }

    private static SmallJob NewJob()
    {
        var job = new SmallJob
        {
            Checkpoint = new CheckpointOptions
            {
                Interval = TimeSpan.FromMilliseconds(20),
                TolerableFailures = int.MaxValue,
            },
            LockPatience = "60s",
        };
        job.Write("a.json", """{"id":1,"kind":"a","score":10}""");
        job.Write("later-b.json", """{"id":2,"kind":"b","score":20}""");
        return job;
    }

    /// <summary>The complete checkpoints, oldest first.</summary>
    private static List<string> Complete(string folder) => [.. Directory.GetDirectories(folder)
        .Where(chk => File.Exists(Path.Combine(chk, "_metadata")))
        .OrderBy(chk => int.Parse(chk.AsSpan(chk.LastIndexOf('-') + 1), CultureInfo.InvariantCulture))];

    /// <returns>The file that is damaged now.</returns>
    private static string Harm(string folder, string kind, Damage damage)
    {
        string file = kind == "_metadata"
            ? Path.Combine(folder, kind)
            : Directory.GetFiles(folder).First(f => Path.GetFileName(f)[0] != '_');
        byte[] bytes = File.ReadAllBytes(file);
        bytes[kind == "_metadata" ? bytes.Length / 2 : 20] ^= 4;
        if (damage == Damage.Gone) File.Delete(file);
        else File.WriteAllBytes(file, damage == Damage.CutOff ? bytes[..(bytes.Length / 2)] : bytes);
        return file;
    }
}

public enum Damage
{
    FlippedBit,
    CutOff,
    Gone,
}
