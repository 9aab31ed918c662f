using System.Text.Json;
using Xunit;

namespace Millrace.Cluster.Tests;

/// <summary>
/// A job that writes the numbers 1..rows to files, and a reader of these files that trusts nobody: what it
/// has seen once must be whole and may not change, and no number may be seen twice.
/// </summary>
internal sealed class FilesJob
{
    private static readonly TimeSpan FinishLimit = TimeSpan.FromMinutes(5);

    private readonly TestCluster _cluster;
    private readonly int _rows;
    private readonly Dictionary<string, string> _read = [];
    private readonly HashSet<int> _numbers = [];
    private string _id = "";

    /// <param name="name">Also of its folder beside the cluster's.</param>
    /// <param name="checkpoint">Lines below <c>checkpoint:</c>; null: it takes a last one only.</param>
    public FilesJob(TestCluster cluster, string name, int rows, int rowsPerSecond, string? checkpoint)
    {
        _cluster = cluster;
        _rows = rows;
        Folder = cluster.File(name);
        Directory.CreateDirectory(Folder);
        File.WriteAllText(In("job.yaml"), $$"""
            job_config:
              name: "{{name}}"
              runtime:
                parallelism: 2
                restart_strategy: "fixed-delay"
                restart_attempts: 100000
                restart_delay: "100ms"
              state_backend:
                checkpoint_dir: "{{In("checkpoints")}}"
              {{(checkpoint is null ? "" : $"checkpoint: {{ {checkpoint} }}")}}
            sql: "job.sql"
            """);
        File.WriteAllText(In("job.sql"), $"""
            CREATE TABLE numbers (n BIGINT) WITH (
              'connector' = 'datagen', 'rows-per-second' = '{rowsPerSecond}', 'fields.n.kind' = 'sequence',
              'fields.n.start' = '1', 'fields.n.end' = '{rows}');
            CREATE TABLE files (n BIGINT) WITH (
              'connector' = 'filesystem', 'path' = '{Out}', 'format' = 'json');
            INSERT INTO files SELECT n FROM numbers;
            """);
    }

    private string Folder { get; }

    private string Out => In("out");

    public async Task SubmitAsync() => _id = await _cluster.Pbm.SubmitAsync(In("job.yaml"));

    /// <summary>Numbers seen up to now.</summary>
    public int Read()
    {
        foreach (string file in Visible().Where(f => !_read.ContainsKey(f)))
        {
            string text = File.ReadAllText(file);
            _read.Add(file, text);
            Assert.EndsWith("}\n", text, StringComparison.Ordinal);
            foreach (string line in text[..^1].Split('\n'))
            {
                int number = JsonDocument.Parse(line).RootElement.GetProperty("n").GetInt32();
                Assert.True(_numbers.Add(number), $"{number} is there twice, now in {file}");
            }
        }
        return _numbers.Count;
    }

    /// <summary>The barriers of a checkpoint were sent.</summary>
    public bool HasCheckpointBegun() => Checkpoints().Length > 0;

    /// <summary>The metadata of a checkpoint is durable; whether that was stored is another question.</summary>
    public bool HasCheckpointMetadata() =>
        Checkpoints().Any(folder => File.Exists(Path.Combine(folder, "_metadata")));

    public bool HasVisibleFiles() => Visible().Any();

    /// <summary>The end, and every number once, nothing hidden and no checkpoint.</summary>
    public async Task<ListedJob> FinishAsync()
    {
        ListedJob? job = null;
        await Wait.ForAsync(async () =>
        {
            job = (await _cluster.Pbm.JobsAsync())?.Single(j => j.Id == _id);
            Assert.False(job?.State is "FAILED" or "CANCELED", $"{job}\n{_cluster.Logs()}");
            return job?.State == "FINISHED";
        }, $"the job of {Folder} has finished", FinishLimit);
        Assert.Equal(_rows, Read());
        Assert.Equal((1, _rows), (_numbers.Min(), _numbers.Max()));
        Assert.All(_read, file => Assert.Equal(file.Value, File.ReadAllText(file.Key)));
        Assert.Empty(Directory.GetFiles(Out, ".*"));
        Assert.Empty(Checkpoints());
        return job!;
    }

    private string[] Checkpoints()
    {
        try
        {
            return Directory.GetDirectories(In("checkpoints"), "chk-*", SearchOption.AllDirectories);
        }
        catch (DirectoryNotFoundException)
        {
            // There is none yet, or it was removed meanwhile.
            return [];
        }
    }

    private IEnumerable<string> Visible() => Directory.Exists(Out)
        ? Directory.GetFiles(Out).Where(f => Path.GetFileName(f)[0] != '.')
        : [];

    private string In(string name) => Path.Combine(Folder, name);
}
