using Millrace.JobManager.Configuration;
using Millrace.JobManager.Status;
using Millrace.LocalCluster.Tests.EdNetModel;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.LocalCluster.Tests.BadInput;

/// <summary>
/// Jobs that are wrong themselves are refused before anything runs, and the place is named.
/// </summary>
[Collection(BadInputGroup.Name)]
public sealed class BadJobTests(BadInputCluster fixture)
{
    [Theory]
    [InlineData("SELEC id, kind, score, kind FROM events", 21, "SELEC")]
    [InlineData("SELECT id kind score, kind FROM events", 36, "score")]
    [InlineData("SELECT id, kind, score, 'open FROM events", 45, "'")]
    [InlineData("SELECT id, kind, score, kind FROM nowhere", 55, "nowhere")]
    [InlineData("SELECT id, kind, skore, kind FROM events", 38, "'skore'")]
    [InlineData("SELECT id, kind, score FROM events", 21, "4")]
    [InlineData("SELECT id, kind, kind, kind, FROM events", 48, "FROM")]
    [InlineData("SELECT kind, kind, score, kind FROM events", 21, "BIGINT")]
    [InlineData("SELECT id, frobnicate(kind), score, kind FROM events", 32, "FROBNICATE")]
    public async Task SQL_that_does_not_parse_or_bind_is_refused_at_its_line_and_column(
        string query, int column, string word)
    {
        using var job = new SmallJob { Query = query };
        MillraceException refusal =
            await Assert.ThrowsAsync<MillraceException>(() => job.StartAsync(fixture.Cluster));
        Assert.Equal(ErrorKind.Invalid, refusal.Kind);
        string[] lines = refusal.Message.Split('\n');
        SmallJob.AssertSentence(lines[0], $"small.sql:{job.Sql.Split('\n').Length}:{column}: ", word);
        Assert.Equal($"  INSERT INTO answers {query};", lines[1]);
        Assert.Matches("^ *\\^+$", lines[2]);
        Assert.False(File.Exists(job.Results));
    }

    [Theory]
    [InlineData("'json.ignore-parse-error' = 'true'", "json.ignore-parse-error")]
    [InlineData("'json.ignore-parse-errors' = 'perhaps'", "perhaps")]
    [InlineData("'source.monitor-interval' = '1s'", "source.monitor-interval")]
    [InlineData("'json.fail-on-missing-field' = 'true', 'json.ignore-parse-errors' = 'true'",
        "json.ignore-parse-errors")]
    public async Task An_option_of_a_table_that_is_wrong_is_refused_by_its_name(string option, string name)
    {
        using var job = new SmallJob { Format = [option] };
        MillraceException refusal =
            await Assert.ThrowsAsync<MillraceException>(() => job.StartAsync(fixture.Cluster));
        Assert.Equal(ErrorKind.Invalid, refusal.Kind);
        SmallJob.AssertSentence(refusal.Message.Split('\n')[0], "small.sql:", "events", name);
    }

    [Theory]
    [InlineData("  runtim:\n    parallelism: 1\n",
        "job.yaml:3:3: There is no key 'runtim' below 'job_config'; the nearest one is 'runtime'.")]
    [InlineData("  checkpoint:\n    intervall: 1s\n",
        "job.yaml:4:5: There is no key 'intervall' below 'job_config.checkpoint'; the nearest one is "
        + "'interval'.")]
    [InlineData("  state_backend:\n    type: rocksdb\n",
        "job.yaml:4:11: The state backend 'rocksdb' is not supported yet")]
    [InlineData("  state_backend:\n    checkpoint_dir: hdfs://n/c\n",
        "job.yaml:4:21: Checkpoints on 'hdfs://' are not supported yet")]
    public void A_key_of_the_YAML_that_is_wrong_is_refused_at_its_line_and_column(
        string lines, string sentence)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("job.sql"), "SELECT 1");
        string yaml = folder.File("job.yaml");
        File.WriteAllText(yaml, $"job_config:\n  name: small\n{lines}sql: job.sql\n");
        MillraceException refusal = Assert.Throws<MillraceException>(() => JobDefinition.Load(yaml));
        Assert.Equal(ErrorKind.Invalid, refusal.Kind);
        SmallJob.AssertSentence(refusal.Message, sentence);
    }

    [Fact]
    public async Task A_cluster_that_has_refused_jobs_runs_the_next_one()
    {
        using var bad = new SmallJob { Query = "SELECT" };
        await Assert.ThrowsAsync<MillraceException>(() => bad.StartAsync(fixture.Cluster));
        using var job = new SmallJob();
        job.Write("a.json", """{"id":1}""");
        JobStatus status = await job.RunAsync(fixture.Cluster);
        BadLineTests.AssertFinished(status, skipped: 0);
    }
}
