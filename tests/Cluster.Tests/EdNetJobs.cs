using Millrace.Cluster.Tests.Results;
using Millrace.Run.EdNet;
using Millrace.Run.Jobs;
using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>The three jobs of the specification on copies of EdNet, run by a cluster of processes.</summary>
/// <param name="copyCount">Copies of EdNet, one after the other: how long the jobs last.</param>
/// <param name="results">Null: a SQLite file.</param>
internal sealed class EdNetJobs(TestCluster cluster, int copyCount, IResultStore? results = null)
{
    private readonly List<string> _ids = [];
    private string _tables = "";

    private string Data => cluster.File("data");

    public IResultStore Results { get; } = results ?? new SqliteResults(cluster.File("results.db"));

    private string Checkpoints => cluster.File("checkpoints");

    /// <summary>Makes events and tables, and knows the reference from then on.</summary>
    public void Prepare()
    {
        EdNetPreparation.Write(
            Data, Repository.EdNet, Path.Combine(Repository.Root, "jobs", "ddl", "sqlite"), copyCount, null);
        _tables = Results.Tables(Path.Combine(Data, "tables.db"));
        _ = ResultTables.ExpectedCount(JobCatalog.All[0].ResultTable, copyCount);
    }

    public async Task SubmitAsync(params string[] configuration)
    {
        string[] options =
        [
            "--set", $"events={Path.Combine(Data, "events")}",
            "--set", $"tables={_tables}",
            "--set", $"out={Results.Out}",
            "--conf", $"state_backend.checkpoint_dir={Checkpoints}",
            .. configuration.SelectMany(c => (string[])["--conf", c]),
        ];
        foreach (CatalogJob job in JobCatalog.All)
            _ids.Add(await cluster.Pbm.SubmitAsync(Results.JobFile(job), options));
    }

    /// <summary>The jobs as they are; null where no leader could be asked now.</summary>
    public async Task<IReadOnlyList<ListedJob>?> LookAsync()
    {
        if (await cluster.Pbm.JobsAsync() is not { } jobs) return null;
        Assert.All(_ids, id => Assert.Contains(jobs, j => j.Id == id));
        Assert.All(jobs, j => Assert.False(j.State is "FAILED" or "CANCELED", $"{j}\n{cluster.Logs()}"));
        return [.. jobs.Where(j => _ids.Contains(j.Id))];
    }

    /// <summary>Whether every job has made its table.</summary>
    public bool HaveResults() => JobCatalog.All.All(job => Results.Exists(job.ResultTable));

    /// <summary>The largest share of a job's rows that are there, 0..1.</summary>
    public double Progress() => JobCatalog.All.Max(job => Results.Exists(job.ResultTable)
        ? (double)Results.Count(job.ResultTable) / ResultTables.ExpectedCount(job.ResultTable, copyCount)
        : 0);

    public async Task<bool> HaveFinishedAsync() =>
        await LookAsync() is { } jobs && jobs.All(j => j.State == "FINISHED");

    /// <returns>The jobs when all have finished.</returns>
    public async Task<IReadOnlyList<ListedJob>> FinishAsync(TimeSpan limit)
    {
        try
        {
            await Wait.ForAsync(HaveFinishedAsync, "the jobs have finished", limit);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException(
                $"{e.Message} {string.Join(", ", await LookAsync() ?? [])}\n{cluster.Logs()}", e);
        }
        return (await LookAsync())!;
    }

    /// <summary>Every table equals the reference, row for row.</summary>
    public void AssertExact() => ResultTables.AssertEqualToModel(Results.Rows, copyCount);

    /// <summary>A finished job leaves no checkpoint.</summary>
    public void AssertClean()
    {
        if (Directory.Exists(Checkpoints))
            Assert.Empty(Directory.GetFileSystemEntries(Checkpoints, "*", SearchOption.AllDirectories));
    }
}
