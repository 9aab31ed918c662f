using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Xunit;

namespace Millrace.LocalCluster.Tests.EdNetModel;

[Collection(PreparedEdNetGroup.Name)]
public sealed class EdNetPreparationTests(PreparedEdNet prepared)
{
    private static readonly string[] Envelope =
    [
        "eventId", "domain", "type", "version", "eventTime", "processTime", "eventDate", "userId",
        "sessionId", "deviceId", "payload", "source", "traceId", "tags",
    ];

    [Fact]
    public void Topics_hold_the_published_numbers_of_events()
    {
        Dictionary<string, int> counts = Topics(prepared.Events).SelectMany(Lines)
            .GroupBy(line => Field(line, "type"))
            .ToDictionary(type => type.Key, type => type.Count());
        Assert.Equal(251_822, counts["answer_submit"]);
        Assert.Equal(52_382, counts["wrongbook_collect"]);
        Assert.Equal(50_938, counts["wrongbook_fix"]);
        Assert.Equal(9_498, counts["user_login"]);
        Assert.Equal(4, counts.Count);
    }

    [Fact]
    public void A_learner_has_one_partition_in_every_topic()
    {
        Dictionary<string, string> partitions = [];
        foreach (string file in Topics(prepared.Events).SelectMany(Directory.GetFiles))
        {
            foreach (string user in File.ReadLines(file).Select(line => Field(line, "userId")).Distinct())
            {
                partitions.TryAdd(user, Path.GetFileName(file));
                Assert.Equal(partitions[user], Path.GetFileName(file));
            }
        }
        Assert.Equal(108, partitions.Count);
        Assert.Equal(8, partitions.Values.Distinct().Count());
    }

    [Fact]
    public void An_answer_event_is_the_row_that_it_is_numbered_by()
    {
        string[][] rows = AnswerRows();
        int seen = 0;
        foreach (string file in Directory.GetFiles(Path.Combine(prepared.Events, "biz_statistic_answer")))
        {
            int last = 0;
            foreach (JsonElement answer in File.ReadLines(file).Select(Parse))
            {
                int n = int.Parse(Text(Payload(answer), "answerId"), CultureInfo.InvariantCulture);
                Assert.True(n > last, "a partition keeps the order of the file");
                last = n;
                seen++;
                AssertIsRow(rows[n], answer);
            }
        }
        Assert.Equal(rows.Length - 1, seen);
    }

    [Fact]
    public void The_wrong_book_is_ordered_by_time_with_collects_before_fixes()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(prepared.Events, "biz_statistic_wrongbook")))
        {
            List<(long, string, int)> order = [.. File.ReadLines(file).Select(Parse).Select(e => (
                e.GetProperty("eventTime").GetInt64(), Text(e, "type"),
                int.Parse(Text(Payload(e), Text(e, "type") == "wrongbook_fix" ? "fixId" : "wrongId"),
                    CultureInfo.InvariantCulture)))];
            Assert.Equal(order.Order(), order);
        }
    }

    [Fact]
    public void Every_event_has_the_fields_of_the_specification_in_their_order()
    {
        foreach (JsonElement e in Topics(prepared.Events).SelectMany(Lines).Where((_, i) => i % 97 == 0)
            .Select(Parse))
        {
            Assert.Equal(Envelope, e.EnumerateObject().Select(field => field.Name));
            Assert.Equal(e.GetProperty("eventTime").GetInt64(), e.GetProperty("processTime").GetInt64());
            Assert.Equal(Text(e, "userId"), Text(Payload(e), "userId"));
            Assert.StartsWith(Text(e, "userId") + "-", Text(e, "sessionId"), StringComparison.Ordinal);
            Assert.Equal(Text(e, "eventId")[8..], Text(e, "traceId")[8..]);
            string date = DateTimeOffset.FromUnixTimeMilliseconds(e.GetProperty("eventTime").GetInt64())
                .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            Assert.Equal(date, Text(e, "eventDate"));
        }
    }

    [Fact]
    public void A_second_copy_has_its_own_learners_numbers_and_times()
    {
        using TempFolder folder = new();
        PreparedEdNet.Prepare(folder.Path, copyCount: 2, eventFiles: null);
        List<JsonElement> fixes = [.. Lines(folder.File("events/biz_statistic_wrongbook"))
            .Where(line => line.Contains("wrongbook_fix", StringComparison.Ordinal)).Select(Parse)];
        JsonElement first = fixes.Single(e => Text(Payload(e), "fixId") == "7");
        JsonElement second = fixes.Single(e => Text(Payload(e), "fixId") == "50945");
        Assert.Equal(Text(first, "userId") + "-1", Text(second, "userId"));
        Assert.Equal(800L * 86_400_000,
            second.GetProperty("eventTime").GetInt64() - first.GetProperty("eventTime").GetInt64());
        Assert.Equal(52_382, long.Parse(Text(Payload(second), "wrongId"), CultureInfo.InvariantCulture)
            - long.Parse(Text(Payload(first), "wrongId"), CultureInfo.InvariantCulture));
        Assert.Equal(2 * 52_382, ResultTable.Rows(folder.File("tables.db"), "wrong_question_record").Count);
        Assert.Equal(["2\t518"], ResultTable.Rows(folder.File("tables.db"),
            "(SELECT COUNT(DISTINCT id / 52383) c, SUM(is_deleted) / 2 s FROM wrong_question_record)"));
    }

    [Fact]
    public void Dimension_tables_follow_the_rules_of_the_data_set()
    {
        Assert.Equal(52_382, ResultTable.Rows(prepared.Tables, "wrong_question_record", "id").Count);
        Assert.Equal(108, ResultTable.Rows(prepared.Tables, "user_profile", "user_id").Count);
        Assert.Equal(["5\t5\tIncomplete Sentences\t0"], ResultTable.Rows(prepared.Tables,
            "tower_teaching_type WHERE id = 5", "id, chapter_id, teaching_type_name, is_deleted"));
        Assert.Equal(["17\t1"], ResultTable.Rows(prepared.Tables,
            "tower_teaching_type_pt WHERE id = 17", "order_num, is_deleted"));
        Assert.Equal(["learner s011\t1\tschool-0\t1"], ResultTable.Rows(prepared.Tables,
            "user_profile WHERE user_id = 's011'", "user_name, grade, school, is_active"));
    }

    private static void AssertIsRow(string[] row, JsonElement answer)
    {
        JsonElement payload = Payload(answer);
        long submit = long.Parse(row[1], CultureInfo.InvariantCulture)
            + long.Parse(row[5], CultureInfo.InvariantCulture);
        Assert.Equal(row[0], Text(answer, "userId"));
        Assert.Equal(submit, answer.GetProperty("eventTime").GetInt64());
        Assert.Equal(submit, payload.GetProperty("submitTime").GetInt64());
        Assert.Equal(row[3], Text(payload, "questionId"));
        Assert.Equal(row[4], Text(payload, "userAnswer"));
        Assert.Equal(
            row[4] == Text(payload, "correctAnswer") ? 1 : 0, payload.GetProperty("isCorrect").GetInt32());
    }

    private static string[] Topics(string events) => Directory.GetDirectories(events);

    private static IEnumerable<string> Lines(string topic) =>
        Directory.GetFiles(topic).SelectMany(File.ReadLines);

    private static JsonElement Parse(string line) => JsonDocument.Parse(line).RootElement;

    private static JsonElement Payload(JsonElement e) => Parse(Text(e, "payload"));

    /// <summary>The first text field of the name, cheaper than parsing each of 364,640 lines.</summary>
    private static string Field(string line, string name)
    {
        int start = line.IndexOf($"\"{name}\":\"", StringComparison.Ordinal) + name.Length + 4;
        return line[start..line.IndexOf('"', start)];
    }

    private static string Text(JsonElement e, string name) => e.GetProperty(name).GetString()!;

    /// <summary>All rows of the file, the heading first.</summary>
    private static string[][] AnswerRows()
    {
        using StreamReader reader = new(new GZipStream(
            File.OpenRead(Path.Combine(Repository.EdNet, "answers.csv.gz")), CompressionMode.Decompress));
        return [.. reader.ReadToEnd().TrimEnd('\n').Split('\n').Select(line => line.Split(','))];
    }
}
