using System.Globalization;
using System.IO.Compression;

namespace Millrace.EdNetModel;

/// <summary>
/// The three result tables, computed in the plainest way from EdNet's two files and the rules in words.
/// </summary>
/// <remarks>It shares no code with the product: where both agree, both are right. Rows are texts, columns
/// joined by a tab, NULL as <c>null</c>, DOUBLE round-trip ("R"), so that tables compare as sorted lists of
/// lines.</remarks>
internal sealed class NaiveModel
{
    private static readonly string[] PartNames =
    [
        "Photographs", "Question-Response", "Conversations", "Talks", "Incomplete Sentences",
        "Text Completion", "Reading Comprehension",
    ];

    private readonly Dictionary<string, ModelQuestion> _questions;
    private readonly List<ModelAnswer> _answers;
    private readonly int _copyCount;

    private NaiveModel(Dictionary<string, ModelQuestion> questions, List<ModelAnswer> answers, int copyCount)
    {
        (_questions, _answers, _copyCount) = (questions, answers, copyCount);
    }

    public static NaiveModel Read(string edNetFolder, int copyCount = 1)
    {
        Dictionary<string, ModelQuestion> questions = Lines(Path.Combine(edNetFolder, "questions.csv.gz"))
            .ToDictionary(c => c[0], c => new ModelQuestion(
                c[3], int.Parse(c[4], CultureInfo.InvariantCulture),
                [.. c[5].Split(';').Select(tag => int.Parse(tag, CultureInfo.InvariantCulture))]));
        List<ModelAnswer> answers =
            [.. Lines(Path.Combine(edNetFolder, "answers.csv.gz")).Select(c => new ModelAnswer(
            c[0], c[3], c[4],
            long.Parse(c[1], CultureInfo.InvariantCulture), long.Parse(c[5], CultureInfo.InvariantCulture)))];
        return new NaiveModel(questions, answers, copyCount);
    }

    /// <summary>
    /// dwd_wrong_record_wide_delta: a row for each fix whose record, pattern and teaching type are there.
    /// </summary>
    public List<string> WideRows()
    {
        List<(ModelAnswer Answer, int WrongId)> fixes = [];
        List<ModelAnswer> collects = [];
        Dictionary<(string, string), int> wrongIds = [];
        foreach (ModelAnswer answer in _answers.OrderBy(a => a.Submit))
        {
            if (wrongIds.TryGetValue((answer.User, answer.Question), out int wrongId))
            {
                fixes.Add((answer, wrongId));
            }
            else if (!IsCorrect(answer))
            {
                collects.Add(answer);
                wrongIds[(answer.User, answer.Question)] = collects.Count;
            }
        }

        HashSet<(int Tag, int Part)> linked = LiveTeachingTypes();
        List<string> rows = [];
        for (int copy = 0; copy < _copyCount; copy++)
        {
            for (int i = 0; i < fixes.Count; i++)
            {
                (ModelAnswer fix, int wrongId) = fixes[i];
                ModelAnswer collect = collects[wrongId - 1];
                ModelQuestion question = _questions[collect.Question];
                int tag = question.Tags[0];
                if (wrongId % 101 == 0 || !linked.Contains((tag, question.Part)))
                    continue;
                long fixId = i + 1 + ((long)copy * fixes.Count);
                string part = PartNames[question.Part - 1];
                rows.Add(Row(
                    fixId, wrongId + ((long)copy * collects.Count), UserIn(copy, fix.User), question.Part,
                    part, fix.Question, tag, $"tag-{tag}", question.Part, part, collect.Submit + Shift(copy),
                    fixId, fix.Submit + Shift(copy), IsCorrect(fix) ? 1 : 0,
                    IsCorrect(fix) ? "fixed" : "not fixed"));
            }
        }
        return rows;
    }

    /// <summary>
    /// dws_user_daily_stats: a row for each learner and day that has any event of the three kinds.
    /// </summary>
    public List<string> DailyRows()
    {
        Dictionary<(int User, long Day), ModelDay> days = [];
        List<string> users = [.. _answers.Select(a => a.User).Distinct()];
        Dictionary<string, int> userNumbers = users.Index().ToDictionary(u => u.Item, u => u.Index);
        ModelDay Day(string user, long time)
        {
            (int, long) key = (userNumbers[user], time / 86_400_000);
            if (!days.TryGetValue(key, out ModelDay? day))
                days.Add(key, day = new ModelDay());
            return day;
        }

        Dictionary<string, long> lastShown = [];
        foreach (ModelAnswer answer in _answers)
        {
            if (!lastShown.TryGetValue(answer.User, out long last) || answer.Shown - last > 30 * 60_000)
                Day(answer.User, answer.Shown).Logins++;
            lastShown[answer.User] = answer.Shown;
        }
        HashSet<(string, string)> collected = [];
        foreach (ModelAnswer answer in _answers.OrderBy(a => a.Submit))
        {
            ModelDay day = Day(answer.User, answer.Submit);
            day.Answers++;
            day.Correct += IsCorrect(answer) ? 1 : 0;
            day.Seconds += answer.Elapsed / 1000;
            if (collected.Contains((answer.User, answer.Question)))
                day.Fixes++;
            else if (!IsCorrect(answer))
                collected.Add((answer.User, answer.Question));
        }

        List<string> rows = [];
        for (int copy = 0; copy < _copyCount; copy++)
        {
            foreach (((int user, long number), ModelDay day) in days)
            {
                string id = UserIn(copy, users[user]);
                string date = DateTimeOffset.FromUnixTimeMilliseconds((number * 86_400_000) + Shift(copy))
                    .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                rows.Add(Row(id, $"learner {id}", (user % 9) + 1, date, day.Logins, day.Answers, day.Correct,
                    day.Answers == 0 ? null : (double)day.Correct / day.Answers, day.Seconds, day.Fixes));
            }
        }
        return rows;
    }

    /// <summary>
    /// ads_learning_alert: per learner in order of time, answers of one time in the order of the file.
    /// </summary>
    public List<string> AlertRows()
    {
        List<string> rows = [];
        for (int copy = 0; copy < _copyCount; copy++)
        {
            foreach (IGrouping<string, ModelAnswer> learner in _answers.GroupBy(a => a.User))
            {
                List<ModelAnswer> answers = [.. learner.OrderBy(a => a.Submit)];
                string user = UserIn(copy, learner.Key);
                foreach ((long start, long end) in Runs(
                    answers, a => a.Elapsed / 1000 < 3, count: 5, withinMs: 60_000))
                    rows.Add(Alert("RAPID_GUESSING", user, null, start + Shift(copy), end + Shift(copy), 5));
                foreach (IGrouping<int, ModelAnswer> subject in answers.GroupBy(
                    a => _questions[a.Question].Part))
                {
                    foreach ((long start, long end) in Runs([.. subject], a => !IsCorrect(a), 3, 600_000))
                        rows.Add(Alert(
                            "STRUGGLING", user, subject.Key, start + Shift(copy), end + Shift(copy), 3));
                }
            }
        }
        return rows;
    }

    /// <summary>
    /// Matches of a number of consecutive answers, each from the first place after the last match.
    /// </summary>
    private static IEnumerable<(long Start, long End)> Runs(
        List<ModelAnswer> answers, Func<ModelAnswer, bool> fits, int count, long withinMs)
    {
        for (int first = 0; first + count <= answers.Count;)
        {
            long start = answers[first].Submit, end = answers[first + count - 1].Submit;
            bool matches = end - start <= withinMs && answers.GetRange(first, count).All(fits);
            if (matches)
                yield return (start, end);
            first += matches ? count : 1;
        }
    }

    private static string Alert(string type, string user, int? subject, long start, long end, int answers) =>
        Row($"{type}|{user}|{subject}|{start}|{end}", type, user, subject, start, end, answers);

    private HashSet<(int Tag, int Part)> LiveTeachingTypes()
    {
        IEnumerable<(int Tag, int Part)> all = _questions.Values
            .SelectMany(q => q.Tags.Select(tag => (tag, q.Part))).Distinct().Order();
        return [.. all.Index().Where(pair => (pair.Index + 1) % 17 != 0).Select(pair => pair.Item)];
    }

    private bool IsCorrect(ModelAnswer answer) => answer.Given == _questions[answer.Question].Correct;

    private static long Shift(int copy) => copy * 800L * 86_400_000;

    private static string UserIn(int copy, string user) => copy == 0 ? user : $"{user}-{copy}";

    private static string Row(params object?[] values) => string.Join('\t', values.Select(ResultTable.Text));

    private static IEnumerable<string[]> Lines(string path)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
            yield return line.Split(',');
    }

    private sealed record ModelQuestion(string Correct, int Part, int[] Tags);

    private sealed record ModelAnswer(string User, string Question, string Given, long Shown, long Elapsed)
    {
        public long Submit => Shown + Elapsed;
    }

    private sealed class ModelDay
    {
        public long Logins { get; set; }
        public long Answers { get; set; }
        public long Correct { get; set; }
        public long Seconds { get; set; }
        public long Fixes { get; set; }
    }
}
