using System.Text;
using Millrace.JobManager;
using Millrace.JobManager.Configuration;
using Millrace.JobManager.Execution;
using Millrace.JobManager.Status;
using Xunit;

namespace Millrace.LocalCluster.Tests.BadInput;

/// <summary>
/// Lines that are not as the table says: the job fails naming the place, or by the options goes on.
/// </summary>
[Collection(BadInputGroup.Name)]
public sealed class BadLineTests(BadInputCluster fixture)
{
    private const string Ignore = "'json.ignore-parse-errors' = 'true'";
    private const string Good1 = """{"id":1,"kind":"a","score":10,"payload":"{\"answer\":\"x\"}"}""";
    private const string Good2 = """{"id":2,"kind":"a","score":20,"payload":"{\"answer\":\"y\"}"}""";

    public static TheoryData<string, int, string> BadLines => new()
    {
        { """{"id":3,"kind":"a","score":30""", 29, "the line is not valid JSON" },
        { """{"id":3,"kind":"a" "score":30}""", 19, "the line is not valid JSON" },
        { """{"id":3,"kind":"a","score":3.}""", 29, "the line is not valid JSON" },
        { "no JSON at all", 0, "the line is no JSON object" },
        { """{"id":"three","kind":"a"}""", 7, "'id'" },
        { """{"id":3,"kind":"a","score":"many"}""", 28, "'score'" },
        { """{"id":3,"kind":"a","score":[1]}""", 27, "'score'" },
        { """{"id":99999999999999999999,"kind":"a"}""", 6, "'id'" },
        { "[1, 2, 3]", 0, "object" },
        { "42", 0, "object" },
    };

    [Theory]
    [MemberData(nameof(BadLines))]
    public async Task A_bad_line_fails_the_job_at_its_file_line_and_byte(
        string line, int offset, string reason)
    {
        using var job = new SmallJob();
        string path = job.Write("a.json", Good1, line, Good2);
        JobStatus status = await job.RunAsync(fixture.Cluster);
        SmallJob.AssertFailedAtOnce(
            status, "Table 'events'", $"file '{path}', line 2, byte {Good1.Length + 1 + offset}", reason);
    }

    [Theory]
    [InlineData("""{"id":3,"kind":"a","score":30""")]
    [InlineData("no JSON at all")]
    [InlineData("42")]
    public async Task A_line_that_is_no_object_is_left_out_and_counted_when_errors_are_ignored(string line)
    {
        using var job = new SmallJob { Format = [Ignore] };
        job.Write("a.json", Good1, line, Good2);
        JobStatus status = await job.RunAsync(fixture.Cluster);
        AssertFinished(status, skipped: 1);
        Assert.Equal(["1|a|10|x", "2|a|20|y"], job.Rows());
    }

    [Fact]
    public async Task A_value_of_another_type_is_null_when_errors_are_ignored()
    {
        using var job = new SmallJob { Format = [Ignore] };
        job.Write("a.json", Good1,
            """{"id":3,"kind":{"b":[1]},"score":"many","payload":"{\"answer\":\"z\"}"}""");
        AssertFinished(await job.RunAsync(fixture.Cluster), skipped: 0);
        Assert.Equal(["1|a|10|x", """3|{"b":[1]}|NULL|z"""], job.Rows());
    }

    [Fact]
    public async Task A_missing_field_is_null()
    {
        using var job = new SmallJob();
        job.Write("a.json", """{"id":1}""", """{"id":2,"score":null,"other":true}""");
        AssertFinished(await job.RunAsync(fixture.Cluster), skipped: 0);
        Assert.Equal(["1|NULL|NULL|NULL", "2|NULL|NULL|NULL"], job.Rows());
    }

    [Fact]
    public async Task A_missing_field_fails_the_job_by_its_name_where_the_table_says_so()
    {
        using var job = new SmallJob { Format = ["'json.fail-on-missing-field' = 'true'"] };
        string path = job.Write("a.json", Good1, """{"id":2,"kind":"a","payload":"{}"}""");
        JobStatus status = await job.RunAsync(fixture.Cluster);
        SmallJob.AssertFailedAtOnce(status, $"file '{path}', line 2, byte ", "'score'");
    }

    [Fact]
    public async Task Events_of_an_unknown_type_pass_by()
    {
        using var job = new SmallJob
        {
            Query = "SELECT id, kind, score, JSON_VALUE(payload, '$.answer') FROM events WHERE kind = 'a'",
        };
        job.Write("a.json", Good1,
            """{"id":3,"kind":"brand-new","score":1,"payload":"{\"answer\":{\"deep\":1}}"}""", Good2,
            """{"kind":"b"}""");
        AssertFinished(await job.RunAsync(fixture.Cluster), skipped: 0);
        Assert.Equal(["1|a|10|x", "2|a|20|y"], job.Rows());
    }

    [Fact]
    public async Task An_event_that_nobody_wants_must_be_JSON_all_the_same()
    {
        using var job = new SmallJob
        {
            Query = "SELECT id, kind, score, JSON_VALUE(payload, '$.answer') FROM events WHERE kind = 'a'",
        };
        string path = job.Write(
            "a.json", Good1, Good2, """{"id":3,"kind":"b","score":30 "payload":"{}"}""", Good1);
        JobStatus status = await job.RunAsync(fixture.Cluster);
        SmallJob.AssertFailedAtOnce(status, $"file '{path}', line 3, byte ", "the line is not valid JSON");
    }

    [Fact]
    public async Task A_payload_may_be_an_object_and_one_without_JSON_has_no_fields()
    {
        using var job = new SmallJob();
        job.Write("a.json",
            Good1,
            """{"id":2,"payload":{"answer":"inner"}}""",
            """{"id":3,"payload":"not JSON"}""",
            """{"id":4,"payload":""}""",
            """{"id":5,"payload":null}""",
            """{"id":6,"payload":"{\"answer\":\"cut"}""",
            """{"id":7,"payload":"[1]"}""",
            """{"id":8,"payload":17}""",
            """{"id":9,"payload":"{\"answer\":{\"a\":1}}"}""");
        AssertFinished(await job.RunAsync(fixture.Cluster), skipped: 0);
        Assert.Equal(
            [
                "1|a|10|x", "2|NULL|NULL|inner", "3|NULL|NULL|NULL", "4|NULL|NULL|NULL", "5|NULL|NULL|NULL",
                "6|NULL|NULL|NULL", "7|NULL|NULL|NULL", "8|NULL|NULL|NULL", "9|NULL|NULL|NULL",
            ],
            job.Rows());
    }

    [Theory]
    [InlineData("WHERE kind = 'a'")]
    [InlineData("WHERE score < 100 AND kind = 'a'")]
    public async Task A_field_of_a_payload_of_another_type_than_RETURNING_says_fails_the_job_as_in_Flink(
        string where)
    {
        using var job = new SmallJob
        {
            Format = [Ignore],
            Query =
                $"SELECT id, kind, JSON_VALUE(payload, '$.n' RETURNING INTEGER), kind FROM events {where}",
        };
        string path = job.Write("a.json",
            """{"id":1,"kind":"a","score":1,"payload":"{\"n\":7}"}""",
            """{"id":2,"kind":"a","score":1,"payload":"{\"n\":null}"}""",
            """{"id":3,"kind":"a","score":1,"payload":"{\"n\":[1]}"}""",
            """{"id":4,"kind":"a","score":1,"payload":"no JSON"}""",
            """{"id":5,"kind":"b","score":1,"payload":"{\"n\":\"of another event\"}"}""");
        AssertFinished(await job.RunAsync(fixture.Cluster), skipped: 0);
        Assert.Equal(["1|a|7|a", "2|a|NULL|a", "3|a|NULL|a", "4|a|NULL|a"], job.Rows());
        foreach (string value in (string[])["\\\"7\\\"", "7.5", "true", "3000000000"])
        {
            File.AppendAllText(
                path, $$"""{"id":6,"kind":"a","score":1,"payload":"{\"n\":{{value}}}"}{{"\n"}}""");
            JobStatus status = await job.RunAsync(fixture.Cluster);
            SmallJob.AssertFailedAtOnce(
                status, "JSON_VALUE RETURNING INT", "leave RETURNING out and CAST the text");
            job.Write("a.json", File.ReadAllLines(path)[..^1]);
        }
    }

    [Fact]
    public async Task A_field_that_CASE_does_not_reach_may_be_of_another_type()
    {
        using var job = new SmallJob
        {
            Query = "SELECT id, kind, CASE WHEN kind = 'a' THEN JSON_VALUE(payload, '$.n' RETURNING "
                + "INTEGER) END, kind FROM events",
        };
        job.Write(
            "a.json", """{"id":1,"kind":"a","payload":"{\"n\":7}"}""",
            """{"id":2,"kind":"b","payload":"{\"n\":\"x\"}"}""");
        AssertFinished(await job.RunAsync(fixture.Cluster), skipped: 0);
        Assert.Equal(["1|a|7|a", "2|b|NULL|b"], job.Rows());
    }

    [Theory]
    [InlineData("SELECT id, kind, CAST(kind AS INT), kind FROM events", "'a'")]
    [InlineData("SELECT id, kind, score / (score - score), kind FROM events", "zero")]
    [InlineData("SELECT NULLIF(id, 1), kind, score, kind FROM events", "'id'")]
    public async Task A_value_that_cannot_be_computed_or_stored_fails_the_job_at_once(
        string query, string word)
    {
        using var job = new SmallJob { Query = query };
        job.Write("a.json", Good1);
        SmallJob.AssertFailedAtOnce(await job.RunAsync(fixture.Cluster), word);
        Assert.Empty(job.Rows());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Invalid_UTF8_is_named_by_its_byte_or_left_out_and_counted(bool isIgnored)
    {
        using var job = new SmallJob { Format = isIgnored ? [Ignore] : [] };
        byte[] line = Encoding.UTF8.GetBytes("""{"id":3,"kind":"ab","score":30}""" + "\n");
        line[17] = 0xC3;
        line[16] = 0xFF;
        await File.WriteAllBytesAsync(
            job.PathOf("a.json"), [.. Encoding.UTF8.GetBytes(Good1 + "\n"), .. line]);
        JobStatus status = await job.RunAsync(fixture.Cluster);
        if (isIgnored)
        {
            AssertFinished(status, skipped: 1);
            Assert.Equal(["1|a|10|x"], job.Rows());
            return;
        }
        SmallJob.AssertFailedAtOnce(
            status, $"file '{job.PathOf("a.json")}', line 2, byte {Good1.Length + 1 + 16}", "UTF-8");
    }

    [Fact]
    public async Task A_line_of_10_MB_is_a_line_like_others()
    {
        using var job = new SmallJob
        {
            Query = "SELECT id, SUBSTRING(kind FROM 10000000), score, JSON_VALUE(payload, '$.answer') FROM "
                + "events",
        };
        string text = new('k', 10_000_000);
        job.Write(
            "a.json",
            Good1,
            $$"""{"id":3,"kind":"{{text}}","score":30}""",
            Good2,
            $$"""{"id":4,"kind":"a","score":40,"payload":"{\"before\":\"{{text}}\",\"answer\":\"z\"}"}""");
        AssertFinished(await job.RunAsync(fixture.Cluster), skipped: 0);
        Assert.Equal(["1||10|x", "2||20|y", "3|k|30|NULL", "4||40|z"], job.Rows());
    }

    [Fact]
    public async Task A_line_beyond_64_MB_fails_the_job_at_its_place()
    {
        using var job = new SmallJob();
        string path = job.PathOf("a.json");
        await using (FileStream file = File.Create(path))
        {
            file.Write(Encoding.UTF8.GetBytes(Good1 + "\n"));
            file.SetLength(70_000_000);
        }
        JobStatus status = await job.RunAsync(fixture.Cluster);
        SmallJob.AssertFailedAtOnce(
            status, $"file '{path}', line 2, byte {Good1.Length + 1}",
            "the line is longer than 67108864 bytes");
    }

    [Fact]
    public async Task What_was_committed_before_a_bad_line_stays_and_the_job_goes_on_once_it_is_mended()
    {
        using var job =
            new SmallJob { Checkpoint = new CheckpointOptions { Interval = TimeSpan.FromMilliseconds(20) } };
        job.Write("a.json", Good1, Good2);
        string bad = job.Write(
            "later-b.json", """{"id":3,"kind":"a","score":30}""", """{"id":4,"score":oops}""");
        JobId id = await job.StartAsync(fixture.Cluster);
        await job.CommittedAsync(fixture.Cluster, id, rows: 2);
        fixture.Held.Release(job.Events);
        JobStatus status = await SmallJob.EndAsync(fixture.Cluster, id);
        SmallJob.AssertFailedAtOnce(status, $"file '{bad}', line 2, byte 47");
        Assert.Equal(["1|a|10|x", "2|a|20|y"], job.Rows()[..2]);

        string last = status.Checkpoints.Last(c => c.Failure is null).Folder;
        Assert.True(File.Exists(Path.Combine(last, "_metadata")));
        job.Write("later-b.json", """{"id":3,"kind":"a","score":30}""", """{"id":4,"score":40.0}""");
        job.Write("a.json", """{"id":1,"kind":"must not be read again"}""", "nor this");
        status = await job.RunAsync(fixture.Cluster, new RestoreFrom(last));
        Assert.Equal((JobState.Finished, ""), (status.State, status.Detail));
        Assert.Equal(["1|a|10|x", "2|a|20|y", "3|a|30|NULL", "4|NULL|40|NULL"], job.Rows());
    }

    internal static void AssertFinished(JobStatus status, int skipped)
    {
        Assert.Equal((JobState.Finished, "", 0), (status.State, status.Detail, status.Restarts));
        Assert.Equal(skipped, status.Operators.Sum(o => o.Sum("numRecordsInErrors")));
    }
}
