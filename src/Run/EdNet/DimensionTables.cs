using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Millrace.Run.EdNet;

/// <summary>
/// Makes the jobs' dimension tables in a new SQLite file from the DDL in <c>jobs/ddl/sqlite</c>.
/// </summary>
internal static class DimensionTables
{
    private const int DeletedRecordDivisor = 101, DeletedTeachingTypeDivisor = 17, GradeCount = 9,
        SchoolCount = 5;

    private static readonly string[] PartNames =
    [
        "Photographs", "Question-Response", "Conversations", "Talks", "Incomplete Sentences",
        "Text Completion", "Reading Comprehension",
    ];

    /// <summary>
    /// Writes all rows in one transaction and leaves a single file in WAL mode without a log beside it.
    /// </summary>
    /// <param name="path">A file that does not exist.</param>
    /// <param name="ddlFolder">Holds <c>tables.sql</c> and <c>indexes.sql</c>.</param>
    public static void Write(string path, string ddlFolder, LearningHistory history, int copyCount)
    {
        using SqliteConnection connection = new($"Data Source={path};Pooling=False");
        connection.Open();
        Execute(connection,
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000;");
        using (SqliteTransaction transaction = connection.BeginTransaction())
        {
            Execute(connection, File.ReadAllText(Path.Combine(ddlFolder, "tables.sql")));
            WritePatterns(connection, history);
            WriteTeachingTypes(connection, history.Files);
            for (int number = 0; number < copyCount; number++)
            {
                EventCopy copy = new(history, number);
                WriteRecords(connection, copy);
                WriteProfiles(connection, copy);
            }
            Execute(connection, File.ReadAllText(Path.Combine(ddlFolder, "indexes.sql")));
            transaction.Commit();
        }
        Execute(connection, "PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE);");
    }

    private static void WriteRecords(SqliteConnection connection, EventCopy copy)
    {
        using RowInsert insert =
            new(connection, "wrong_question_record", "id", "user_id", "question_id", "pattern_id",
            "subject", "chapter_id", "create_time", "is_deleted");
        for (int i = 0; i < copy.History.Collects.Count; i++)
        {
            Answer answer = copy.History.Files.Answers[copy.History.Collects[i]];
            Question question = copy.History.Files.Questions[answer.Question];
            int isDeleted = (i + 1) % DeletedRecordDivisor == 0 ? 1 : 0;
            insert.Add(copy.FirstCollect + i, copy.UserNames[answer.User], question.Id, question.Tags[0],
                PartText(question.Part), question.Part, answer.SubmittedAt + copy.TimeShiftMs, isDeleted);
        }
    }

    private static void WriteProfiles(SqliteConnection connection, EventCopy copy)
    {
        using RowInsert insert =
            new(connection, "user_profile", "user_id", "user_name", "grade", "school", "is_active");
        for (int i = 0; i < copy.UserNames.Length; i++)
        {
            string user = copy.UserNames[i];
            insert.Add(user, $"learner {user}", (i % GradeCount) + 1, $"school-{i % SchoolCount}", 1);
        }
    }

    private static void WritePatterns(SqliteConnection connection, LearningHistory history)
    {
        Dictionary<int, (int Answers, int Correct)> counts = [];
        for (int row = 0; row < history.Files.Answers.Count; row++)
        {
            int tag = history.Files.Questions[history.Files.Answers[row].Question].Tags[0];
            (int answers, int correct) = counts.GetValueOrDefault(tag);
            counts[tag] = (answers + 1, correct + (history.IsCorrect(row) ? 1 : 0));
        }
        using RowInsert insert =
            new(connection, "tower_pattern", "id", "name", "subject", "type", "difficulty");
        foreach (IGrouping<int, int> tag in TagParts(history.Files)
            .GroupBy(pair => pair.Tag, pair => pair.Part))
        {
            object difficulty = counts.TryGetValue(tag.Key, out (int Answers, int Correct) count)
                ? 1 - ((double)count.Correct / count.Answers)
                : DBNull.Value;
            insert.Add(tag.Key, $"tag-{tag.Key}", PartText(tag.Min()), 0, difficulty);
        }
    }

    private static void WriteTeachingTypes(SqliteConnection connection, EdNetFiles files)
    {
        using RowInsert types =
            new(connection, "tower_teaching_type", "id", "chapter_id", "teaching_type_name");
        for (int part = 1; part <= PartNames.Length; part++)
            types.Add(part, part, PartNames[part - 1]);
        using RowInsert links = new(connection, "tower_teaching_type_pt", "id", "teaching_type_id", "pt_id",
            "order_num", "is_deleted");
        int id = 0;
        foreach ((int tag, int part) in TagParts(files).Order())
        {
            id++;
            links.Add(id, part, tag, id, id % DeletedTeachingTypeDivisor == 0 ? 1 : 0);
        }
    }

    private static IEnumerable<(int Tag, int Part)> TagParts(EdNetFiles files) =>
        files.Questions.SelectMany(question => question.Tags.Select(tag => (tag, question.Part))).Distinct();

    private static string PartText(int part) => part.ToString(CultureInfo.InvariantCulture);

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
