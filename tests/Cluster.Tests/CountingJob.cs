using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Cluster.Tests.Results;
using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>
/// A job that never ends by itself: the numbers from 0 on, in eight splits, counted and summed by their rest
/// modulo 8 into a SQLite file. Each rest is one split, which is read in order, so the results say by
/// themselves whether a number was lost or counted twice, however far the job has come.
/// </summary>
internal sealed class CountingJob
{
    private const string Table = "counts";
    private const long Groups = 8;
    private const int FirstAttempt = 1;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    private readonly TestCluster _cluster;

    /// <param name="name">Also of its folder beside the cluster's.</param>
    public CountingJob(TestCluster cluster, string name, int parallelism = 2)
    {
        _cluster = cluster;
        Name = name;
        Directory.CreateDirectory(Folder);
        File.WriteAllText(In("job.yaml"), $$"""
            job_config:
              name: "{{name}}"
              runtime:
                parallelism: {{parallelism}}
                restart_strategy: "fixed-delay"
                restart_attempts: 100000
                restart_delay: "100ms"
              checkpoint:
                interval: "300ms"
                min_pause: "50ms"
              state_backend:
                checkpoint_dir: "{{Checkpoints}}"
            sql: "job.sql"
            """);
        File.WriteAllText(In("job.sql"), $"""
            CREATE TABLE numbers (n BIGINT) WITH (
              'connector' = 'datagen', 'rows-per-second' = '1000', 'fields.n.kind' = 'sequence',
              'fields.n.start' = '0', 'fields.n.end' = '{long.MaxValue - 1}');
            CREATE TABLE {Table} (k BIGINT, n BIGINT, total BIGINT, highest BIGINT,
              PRIMARY KEY (k) NOT ENFORCED)
            WITH (
              'connector' = 'jdbc', 'url' = 'jdbc:sqlite:{In("results.db")}', 'table-name' = '{Table}',
              'sink.buffer-flush.interval' = '50ms');
            INSERT INTO {Table}
            SELECT MOD(n, {Groups}) AS k, COUNT(*) AS n, SUM(n) AS total, MAX(n) AS highest
            FROM numbers GROUP BY MOD(n, {Groups});
            """);
    }

    public string Name { get; }

    public string Id { get; private set; } = "";

    public string JobFile => In("job.yaml");

    /// <summary>Where its savepoints go.</summary>
    public string Savepoints => In("savepoints");

    private string Checkpoints => In("checkpoints");

    private SqliteResults Results => new(In("results.db"));

    private string Folder => _cluster.File(Name);

    public async Task StartAsync(params string[] options)
    {
        Id = await _cluster.Pbm.SubmitAsync(JobFile, options);
        await FlowsAsync();
    }

    /// <summary>Returns when the cluster has the job, whoever has submitted it.</summary>
    public Task IsSubmittedAsync() => Wait.ForAsync(
        async () =>
        {
            Id = (await _cluster.Pbm.JobsAsync())?.FirstOrDefault(j => j.Name == Name)?.Id ?? "";
            return Id.Length > 0;
        },
        $"{Name} is submitted");

    /// <summary>
    /// With one checkpoint to go back to, and none after it by itself: another parallelism, even the same
    /// one, begins with a checkpoint.
    /// </summary>
    public async Task StartBetweenCheckpointsAsync()
    {
        await StartAsync("--conf", "checkpoint.interval=1h");
        PbmAnswer rescaled = await _cluster.Pbm.CallAsync("job", "rescale", Id, "-p", "2");
        Assert.True(rescaled.ExitCode == 0, $"{rescaled}\n{_cluster.Logs()}");
        await RunsAsync(FirstAttempt);
        await FlowsAsync();
    }

    /// <summary>Returns when results have come that were not there before.</summary>
    public async Task FlowsAsync()
    {
        long before = Count();
        await Wait.ForAsync(() => Count() > before, $"job {Name} writes");
    }

    /// <summary>As <c>job list</c> shows it; null where no leader could be asked now.</summary>
    public async Task<ListedJob?> LookAsync() => (await _cluster.Pbm.JobsAsync())?.Single(j => j.Id == Id);

    public Task RunsAsync(int afterAttempt) => Wait.ForAsync(
        async () => await LookAsync() is { State: "RUNNING" } job && job.Attempt > afterAttempt,
        $"an attempt of {Name} after {afterAttempt} runs");

    /// <summary>Holds back every flush, and with it every checkpoint, until it is disposed.</summary>
    public async Task<IDisposable> HoldAsync()
    {
        IDisposable? held = null;
        await Wait.ForAsync(
            () => (held = Results.TryLock()) is not null, $"the results of {Name} are locked");
        return held!;
    }

    /// <summary>
    /// Returns when a checkpoint is complete that began after the call: the next one begins only after that
    /// is stored.
    /// </summary>
    public async Task CheckpointsAsync()
    {
        long before = CheckpointFolders().Select(NumberOf).DefaultIfEmpty().Max();
        await Wait.ForAsync(
            () =>
            {
                string[] folders = CheckpointFolders();
                long begun = folders.Select(NumberOf).DefaultIfEmpty().Max();
                return folders.Any(f => NumberOf(f) is var number && number > before && number < begun
                    && File.Exists(Path.Combine(f, "_metadata")));
            },
            $"{Name} has one more checkpoint");
    }

    private static long NumberOf(string checkpointFolder) => long.Parse(
        Path.GetFileName(checkpointFolder)["chk-".Length..], CultureInfo.InvariantCulture);

    /// <summary>The lowest count that is seen until it is cancelled: how far the job has gone back.</summary>
    public async Task<long> LowestCountAsync(CancellationToken end)
    {
        long lowest = Count();
        while (!end.IsCancellationRequested)
        {
            lowest = Math.Min(lowest, Count());
            await Task.Delay(Look, CancellationToken.None);
        }
        return lowest;
    }

    /// <summary>Folders of savepoints, complete or not.</summary>
    public string[] SavepointFolders() =>
        Directory.Exists(Savepoints) ? Directory.GetDirectories(Savepoints) : [];

    /// <summary>Folders of checkpoints, complete or not.</summary>
    public string[] CheckpointFolders() => Directory.Exists(Checkpoints)
        ? Directory.GetDirectories(Checkpoints, "chk-*", SearchOption.AllDirectories)
        : [];

    /// <summary>Stops the job with a savepoint; its results are exact.</summary>
    public async Task StopAsync()
    {
        // Rows flow before the last subtask has said that it runs.
        await RunsAsync(afterAttempt: 0);
        PbmAnswer stopped = await _cluster.Pbm.CallAsync(
            "job", "stop", Id, "--savepoint", In("last"), "--output", "json");
        Assert.True(stopped.ExitCode == 0, $"{stopped}\n{_cluster.Logs()}");
        Assert.Equal("FINISHED", (string)JsonNode.Parse(stopped.Output)!["state"]!);
        AssertExact();
    }

    /// <summary>Every number up to the last one was counted once.</summary>
    public void AssertExact()
    {
        List<long[]> rows = Rows();
        Assert.Equal(Groups, rows.Count);
        Assert.All(rows, row =>
        {
            (long k, long n) = (row[0], row[1]);
            Assert.Equal([k, n, n * k + Groups * (n * (n - 1) / 2), k + Groups * (n - 1)], row);
        });
    }

    /// <summary>Numbers counted up to now.</summary>
    public long Count() => Results.Exists(Table) ? Rows().Sum(row => row[1]) : 0;

    private string In(string name) => Path.Combine(Folder, name);

    private List<long[]> Rows() =>
    [
        .. Results.Rows(Table).Select(line => line.Split('\t')
            .Select(x => long.Parse(x, CultureInfo.InvariantCulture)).ToArray()),
    ];
}
