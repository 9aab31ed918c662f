using System.Globalization;
using System.Text;
using Millrace.Run.Events;

namespace Millrace.Run.EdNet;

/// <summary>Writes EdNet as the specification's BusinessEvents, a topic at a time, copy after copy.</summary>
/// <remarks>Bytes go from columns to the files without an object per event. One writer serves one thread;
/// topics may be written side by side by a writer each.</remarks>
internal sealed class EventWriter(LearningHistory history, int copyCount)
{
    private const int AnswerKind = 0xa, FixKind = 0xb, CollectKind = 0xc, LoginKind = 0xd, TraceKind = 0xf;

    private readonly JsonLine _line = new();
    private readonly byte[][] _questionIds =
        [.. history.Files.Questions.Select(q => Encoding.ASCII.GetBytes(q.Id))];
    private readonly Dictionary<string, byte[]> _answers = new() { [""] = [] };
    private readonly byte[] _date = new byte[10];
    private readonly byte[] _session = new byte[256];
    private long _dateDay = -1;
    private EventCopy _copy = new(history, 0);

    /// <summary>The answer topic: answer_submit in the order of the file.</summary>
    public void WriteAnswers(string eventsFolder) => WriteTopic(eventsFolder, "biz_statistic_answer", topic =>
    {
        for (int row = 0; row < history.Files.Answers.Count; row++)
            WriteAnswer(topic, row, _copy.FirstAnswer + row);
    });

    /// <summary>The user topic: user_login in the order of the file.</summary>
    public void WriteLogins(string eventsFolder) => WriteTopic(eventsFolder, "biz_statistic_user", topic =>
    {
        for (int i = 0; i < history.Logins.Count; i++)
            WriteLogin(topic, history.Logins[i], _copy.FirstLogin + i);
    });

    /// <summary>
    /// The wrong-book topic: collects and fixes merged by time; at one time the collects come first.
    /// </summary>
    public void WriteWrongbook(string eventsFolder) =>
        WriteTopic(eventsFolder, "biz_statistic_wrongbook", topic =>
    {
        int collect = 0, fix = 0;
        while (collect < history.Collects.Count || fix < history.Fixes.Count)
        {
            if (fix == history.Fixes.Count || (collect < history.Collects.Count
                && Submitted(history.Collects[collect]) <= Submitted(history.Fixes[fix].Row)))
            {
                WriteCollect(topic, history.Collects[collect], _copy.FirstCollect + collect);
                collect++;
            }
            else
            {
                WriteFix(topic, history.Fixes[fix], _copy.FirstFix + fix);
                fix++;
            }
        }
    });

    private void WriteTopic(string eventsFolder, string name, Action<TopicFolder> writeCopy)
    {
        using TopicFolder topic = new(eventsFolder, name);
        for (int number = 0; number < copyCount; number++)
        {
            _copy = new EventCopy(history, number);
            writeCopy(topic);
        }
    }

    private void WriteAnswer(TopicFolder topic, int row, long n)
    {
        Answer answer = history.Files.Answers[row];
        long time = Submitted(row);
        BeginEvent(row, AnswerKind, n, "answer"u8, "answer_submit"u8, time);
        _line.TextNumber("answerId"u8, n);
        WriteSubject(answer);
        _line.Number("isCorrect"u8, history.IsCorrect(row) ? 1 : 0);
        _line.Number("answerTime"u8, answer.Elapsed / 1000);
        _line.Number("submitTime"u8, time);
        _line.Text("userAnswer"u8, Bytes(answer.Given));
        _line.Text("correctAnswer"u8, Bytes(history.Files.Questions[answer.Question].CorrectAnswer));
        EndEvent(topic, answer, n);
    }

    private void WriteCollect(TopicFolder topic, int row, long n)
    {
        Answer answer = history.Files.Answers[row];
        BeginEvent(row, CollectKind, n, "wrongbook"u8, "wrongbook_collect"u8, Submitted(row));
        _line.TextNumber("wrongId"u8, n);
        WriteSubject(answer);
        _line.TextNumber("patternId"u8, history.Files.Questions[answer.Question].Tags[0]);
        _line.Number("collectTime"u8, Submitted(row));
        EndEvent(topic, answer, n);
    }

    private void WriteFix(TopicFolder topic, Fix fix, long n)
    {
        Answer answer = history.Files.Answers[fix.Row];
        BeginEvent(fix.Row, FixKind, n, "wrongbook"u8, "wrongbook_fix"u8, Submitted(fix.Row));
        _line.TextNumber("fixId"u8, n);
        _line.TextNumber("wrongId"u8, _copy.FirstCollect + fix.WrongId - 1);
        WriteSubject(answer);
        _line.TextNumber("patternId"u8, history.Files.Questions[answer.Question].Tags[0]);
        _line.Number("fixResult"u8, history.IsCorrect(fix.Row) ? 1 : 0);
        _line.Number("submitTime"u8, Submitted(fix.Row));
        _line.Text("answerContent"u8, Bytes(answer.Given));
        _line.Json("attachments"u8, "[]"u8);
        EndEvent(topic, answer, n);
    }

    private void WriteLogin(TopicFolder topic, int row, long n)
    {
        Answer answer = history.Files.Answers[row];
        long time = answer.ShownAt + _copy.TimeShiftMs;
        BeginEvent(row, LoginKind, n, "user"u8, "user_login"u8, time);
        _line.Text("userId"u8, _copy.UserIds[answer.User]);
        _line.Text("deviceType"u8, "web"u8);
        _line.Number("loginTime"u8, time);
        EndEvent(topic, answer, n);
    }

    private void WriteSubject(Answer answer)
    {
        _line.Text("userId"u8, _copy.UserIds[answer.User]);
        _line.Text("questionId"u8, _questionIds[answer.Question]);
        _line.TextNumber("subject"u8, history.Files.Questions[answer.Question].Part);
    }

    private void BeginEvent(
        int row, int kind, long n, ReadOnlySpan<byte> domain, ReadOnlySpan<byte> type, long time)
    {
        _line.Begin();
        _line.Uuid("eventId"u8, kind, n);
        _line.Text("domain"u8, domain);
        _line.Text("type"u8, type);
        _line.Text("version"u8, "v1.0"u8);
        _line.Number("eventTime"u8, time);
        _line.Number("processTime"u8, time);
        _line.Text("eventDate"u8, DateOf(time));
        int user = history.Files.Answers[row].User;
        _line.Text("userId"u8, _copy.UserIds[user]);
        _line.Text("sessionId"u8, SessionId(user, history.Sessions[row]));
        _line.Json("deviceId"u8, "null"u8);
        _line.BeginPayload("payload"u8);
    }

    private void EndEvent(TopicFolder topic, Answer answer, long n)
    {
        _line.EndPayload();
        _line.Text("source"u8, "ednet"u8);
        _line.Uuid("traceId"u8, TraceKind, n);
        _line.Json("tags"u8, "{}"u8);
        _line.End();
        topic.Append(_copy.Partitions[answer.User], _line.Bytes);
    }

    private long Submitted(int row) => history.Files.Answers[row].SubmittedAt + _copy.TimeShiftMs;

    private ReadOnlySpan<byte> SessionId(int user, int session)
    {
        byte[] userId = _copy.UserIds[user];
        userId.CopyTo(_session.AsSpan());
        _session[userId.Length] = (byte)'-';
        session.TryFormat(
            _session.AsSpan(userId.Length + 1), out int digits, provider: CultureInfo.InvariantCulture);
        return _session.AsSpan(0, userId.Length + 1 + digits);
    }

    private byte[] DateOf(long time)
    {
        long day = time / (24 * 60 * 60 * 1000);
        if (day != _dateDay)
        {
            DateOnly date =
                DateOnly.FromDayNumber((int)(DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + day));
            date.TryFormat(_date, out _, "yyyy-MM-dd", CultureInfo.InvariantCulture);
            _dateDay = day;
        }
        return _date;
    }

    private byte[] Bytes(string answer)
    {
        if (!_answers.TryGetValue(answer, out byte[]? bytes))
            _answers.Add(answer, bytes = Encoding.ASCII.GetBytes(answer));
        return bytes;
    }
}
