using Microsoft.Data.Sqlite;
using Millrace.JobManager;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Status;
using Millrace.Local;
using Millrace.LocalCluster.Tests.EdNetModel;
using Millrace.Run.Jobs;
using Xunit;

namespace Millrace.LocalCluster.Tests.Jobs;

/// <summary>
/// The three jobs are stopped with a savepoint in mid-stream and go on at another parallelism.
/// </summary>
[Collection(PreparedEdNetGroup.Name)]
public sealed class SavepointTests(PreparedEdNet prepared) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 3)]
    [InlineData(4, 2)]
    public async Task Results_equal_the_model_after_a_stop_and_a_resume_at_another_parallelism(
        int before, int after)
    {
        await using Local.LocalCluster cluster = await Local.LocalCluster.StartAsync(
            new LocalClusterOptions { SlotsPerTaskManager = Math.Max(before, after) });
        string nothing = _folder.File("nothing");
        File.WriteAllText(_folder.File("none.jsonl"), "");
        PreparedEdNet.Prepare(nothing, 1, [_folder.File("none.jsonl")]);
        foreach (CatalogJob job in JobCatalog.All)
        {
            // Makes the result table, which could not be made while it is locked.
            await FinishAsync(cluster, await cluster.SubmitAsync(Definition(job, nothing, 1)));
            string savepoint = await StopInMidStreamAsync(cluster, job, before);
            Assert.NotEqual(Count(job), ResultTables.ExpectedCount(job.ResultTable, PreparedEdNet.CopyCount));
            await FinishAsync(cluster, await cluster.SubmitAsync(
                Definition(job, prepared.Copies, after), new RestoreFrom(savepoint)));
        }
        ResultTables.AssertEqualToModel(_folder.File("results.db"), PreparedEdNet.CopyCount);
    }

    /// <summary>A lock on the results holds the job up until the stop has been asked for.</summary>
    private async Task<string> StopInMidStreamAsync(
        Local.LocalCluster cluster, CatalogJob job, int parallelism)
    {
        using SqliteConnection connection = new($"Data Source={_folder.File("results.db")};Pooling=False");
        connection.Open();
        using SqliteTransaction held = connection.BeginTransaction(deferred: false);
        JobId id = await cluster.SubmitAsync(Definition(job, prepared.Copies, parallelism));
        using PeriodicTimer pause = new(TimeSpan.FromMilliseconds(10));
        JobStatus status;
        while ((status = await cluster.StatusAsync(id)).State != JobState.Running
            || status.Operators.Sum(o => o.Sum("numRecordsIn")) == 0)
        {
            Assert.False(status.HasEnded, $"{job.Name}: {status.State} {status.Detail}");
            await pause.WaitForNextTickAsync();
        }
        Task<string> stop = cluster.StopWithSavepointAsync(id, _folder.File("savepoints"));
        held.Rollback();
        string savepoint = await stop;
        await FinishAsync(cluster, id);
        return savepoint;
    }

    private static async Task FinishAsync(Local.LocalCluster cluster, JobId id)
    {
        JobStatus status = await cluster.WaitAsync(id);
        Assert.True(status.State == JobState.Finished, $"{status.Name}: {status.State} {status.Detail}");
    }

    private int Count(CatalogJob job) =>
        ResultTable.Rows(_folder.File("results.db"), job.ResultTable, "1").Count;

    private JobDefinition Definition(CatalogJob job, string from, int parallelism) => JobDefinition.Load(
        job.YamlFile,
        new Dictionary<string, string>
        {
            ["events"] = Path.Combine(from, "events"),
            ["tables"] = Path.Combine(from, "tables.db"),
            ["out"] = _folder.File("results.db"),
        },
        new Dictionary<string, string>
        {
            ["runtime.parallelism"] = $"{parallelism}",
            ["state_backend.checkpoint_dir"] = _folder.File("checkpoints"),
        });
}
