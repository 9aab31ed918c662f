using System.IO.Compression;
using System.Text;
using Millrace.JobManager;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Status;
using Xunit;

namespace Millrace.LocalCluster.Tests.BadInput;

/// <summary>Files that are not what they should be.</summary>
[Collection(BadInputGroup.Name)]
public sealed class BadFileTests(BadInputCluster fixture)
{
    private const string Good = """{"id":1,"kind":"a","score":10}""";

    [Fact]
    public async Task An_empty_file_and_empty_lines_hold_no_rows()
    {
        using var job = new SmallJob();
        job.Write("a.json");
        job.Write("b.json", "", Good, "", "");
        BadLineTests.AssertFinished(await job.RunAsync(fixture.Cluster), skipped: 0);
        Assert.Equal(["1|a|10|NULL"], job.Rows());
    }

    [Fact]
    public async Task An_empty_folder_holds_no_rows()
    {
        using var job = new SmallJob();
        BadLineTests.AssertFinished(await job.RunAsync(fixture.Cluster), skipped: 0);
        Assert.Empty(job.Rows());
    }

    [Fact]
    public async Task A_folder_that_is_missing_fails_the_job_by_its_name()
    {
        using var job = new SmallJob();
        Directory.Delete(job.Events);
        JobStatus status = await job.RunAsync(fixture.Cluster);
        SmallJob.AssertFailedAtOnce(status, $"Table 'events': there is no file or folder '{job.Events}'.");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-4)]
    [InlineData(-400)]
    public async Task A_gzip_that_is_cut_off_fails_the_job_at_its_file_and_line(int keep)
    {
        using var job = new SmallJob();
        byte[] whole = Gzip(500);
        byte[] cut = keep > 0 ? whole[..keep] : whole[..(whole.Length + keep)];
        await File.WriteAllBytesAsync(job.PathOf("a.json.gz"), cut);
        JobStatus status = await job.RunAsync(fixture.Cluster);
        SmallJob.AssertFailedAtOnce(
            status, $"file '{job.PathOf("a.json.gz")}', line ", ", byte ",
            "the gzip file is damaged or cut off behind this");
    }

    [Fact]
    public async Task A_file_that_is_called_gz_and_is_none_fails_the_job_by_its_name()
    {
        using var job = new SmallJob();
        job.Write("a.json.gz", Good);
        JobStatus status = await job.RunAsync(fixture.Cluster);
        SmallJob.AssertFailedAtOnce(status, $"file '{job.PathOf("a.json.gz")}', line 1, byte 0", "gzip");
    }

    [Fact]
    public async Task A_whole_gzip_is_read_as_a_check_of_these_tests()
    {
        using var job = new SmallJob();
        await File.WriteAllBytesAsync(job.PathOf("a.json.gz"), Gzip(500));
        BadLineTests.AssertFinished(await job.RunAsync(fixture.Cluster), skipped: 0);
        Assert.Equal(500, job.Rows().Length);
    }

    [Fact]
    public async Task A_file_that_is_gone_when_a_job_goes_on_fails_it_by_name_unless_it_was_read_to_its_end()
    {
        using var job =
            new SmallJob { Checkpoint = new CheckpointOptions { Interval = TimeSpan.FromMilliseconds(20) } };
        job.Write("a.json", Good);
        job.Write("later-b.json", """{"id":2}""");
        JobId id = await job.StartAsync(fixture.Cluster);
        await job.CommittedAsync(fixture.Cluster, id, rows: 1);
        string savepoint = await fixture.Cluster.StopWithSavepointAsync(id, job.Checkpoints + "-savepoints")
            .WaitAsync(SmallJob.Patience);
        File.Delete(job.PathOf("a.json"));
        File.Move(job.PathOf("later-b.json"), job.PathOf("later-c.json"));
        fixture.Held.Release(job.Events);
        JobStatus status = await job.RunAsync(fixture.Cluster, new RestoreFrom(savepoint));
        SmallJob.AssertFailedAtOnce(status, "Table 'events' has no split 'later-b.json' any more");
        File.Move(job.PathOf("later-c.json"), job.PathOf("later-b.json"));
        BadLineTests.AssertFinished(
            await job.RunAsync(fixture.Cluster, new RestoreFrom(savepoint)), skipped: 0);
        Assert.Equal(["1|a|10|NULL", "2|NULL|NULL|NULL"], job.Rows());
    }

    private static byte[] Gzip(int lines)
    {
        var random = new Random(1);
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
            for (int i = 0; i < lines; i++)
                gzip.Write(Encoding.UTF8.GetBytes(
                    $$"""{"id":{{i}},"kind":"{{random.NextInt64():x}}","score":{{random.Next()}}}""" + "\n"));
        return bytes.ToArray();
    }
}
