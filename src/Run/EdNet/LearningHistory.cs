namespace Millrace.Run.EdNet;

/// <summary>
/// What the answers imply: logins and sessions, wrong answers collected, later answers as fixes.
/// </summary>
/// <remarks>A row is an index into <see cref="EdNetFiles.Answers"/>. Collects and fixes are numbered from 1
/// in the order of submission, answers of one time in the order of the file; logins in the order of the
/// file.</remarks>
internal sealed class LearningHistory
{
    private const long SessionGapMs = 30 * 60 * 1000;

    public LearningHistory(EdNetFiles files)
    {
        Files = files;
        Sessions = new int[files.Answers.Count];
        FindSessions();
        FindWrongAnswers();
    }

    public EdNetFiles Files { get; }

    /// <summary>By row: how many logins the learner had up to and with this row, from 1.</summary>
    public int[] Sessions { get; }

    /// <summary>The rows at which a learner logged in, in the order of the file.</summary>
    public List<int> Logins { get; } = [];

    /// <summary>The row of each first wrong answer to a question; wrongId - 1 is the index.</summary>
    public List<int> Collects { get; } = [];

    /// <summary>The later answers to collected questions; fixId - 1 is the index.</summary>
    public List<Fix> Fixes { get; } = [];

    public bool IsCorrect(int row) =>
        Files.Answers[row].Given == Files.Questions[Files.Answers[row].Question].CorrectAnswer;

    private void FindSessions()
    {
        long?[] previous = new long?[Files.Users.Count];
        int[] sessions = new int[Files.Users.Count];
        for (int row = 0; row < Files.Answers.Count; row++)
        {
            Answer answer = Files.Answers[row];
            if (previous[answer.User] is not { } shownAt || answer.ShownAt - shownAt > SessionGapMs)
            {
                sessions[answer.User]++;
                Logins.Add(row);
            }
            previous[answer.User] = answer.ShownAt;
            Sessions[row] = sessions[answer.User];
        }
    }

    private void FindWrongAnswers()
    {
        Dictionary<(int User, int Question), int> wrongIds = [];
        foreach (int row in Enumerable.Range(0, Files.Answers.Count)
            .OrderBy(row => Files.Answers[row].SubmittedAt))
        {
            (int, int) key = (Files.Answers[row].User, Files.Answers[row].Question);
            if (wrongIds.TryGetValue(key, out int wrongId))
            {
                Fixes.Add(new Fix(row, wrongId));
            }
            else if (!IsCorrect(row))
            {
                Collects.Add(row);
                wrongIds.Add(key, Collects.Count);
            }
        }
    }
}
