using System.Globalization;
using System.IO.Compression;
using Millrace.Run.Events;

namespace Millrace.Run.EdNet;

/// <summary>
/// The two files of the EdNet sample, checked and as columns; answers keep the order of the file.
/// </summary>
/// <remarks>Every text in them is a plain token (letters, digits, <c>-</c>, <c>_</c>), so that it needs no
/// escape in JSON; a file with anything else is refused with its line.</remarks>
internal sealed class EdNetFiles
{
    private readonly Dictionary<string, int> _userIndex = [];
    private readonly Dictionary<string, int> _questionIndex = [];

    private EdNetFiles() { }

    /// <summary>The learners in the order of their first answer.</summary>
    public List<string> Users { get; } = [];

    public List<Question> Questions { get; } = [];

    public List<Answer> Answers { get; } = [];

    /// <summary>Reads <c>questions.csv.gz</c> and <c>answers.csv.gz</c> in a folder.</summary>
    /// <exception cref="BadInputException">
    /// A file is missing, damaged or has a row of another shape.
    /// </exception>
    public static EdNetFiles Read(string folder)
    {
        EdNetFiles files = new();
        ReadRows(Path.Combine(folder, "questions.csv.gz"), columnCount: 7, files.AddQuestion);
        ReadRows(Path.Combine(folder, "answers.csv.gz"), columnCount: 6, files.AddAnswer);
        return files;
    }

    private void AddQuestion(ReadOnlySpan<char> row, ReadOnlySpan<Range> columns)
    {
        string id = Token(row[columns[0]]);
        if (!_questionIndex.TryAdd(id, Questions.Count))
            throw new FormatException($"question {id} occurs twice");
        List<int> tags = [];
        foreach (Range tag in row[columns[5]].Split(';'))
            tags.Add(int.Parse(row[columns[5]][tag], CultureInfo.InvariantCulture));
        int part = int.Parse(row[columns[4]], CultureInfo.InvariantCulture);
        Questions.Add(new Question(id, Token(row[columns[3]]), part, [.. tags]));
    }

    private void AddAnswer(ReadOnlySpan<char> row, ReadOnlySpan<Range> columns)
    {
        if (!_questionIndex.GetAlternateLookup<ReadOnlySpan<char>>()
            .TryGetValue(row[columns[3]], out int question))
            throw new FormatException($"question {row[columns[3]]} is not in questions.csv.gz");
        ReadOnlySpan<char> given = row[columns[4]];
        string answer = given.SequenceEqual(Questions[question].CorrectAnswer)
            ? Questions[question].CorrectAnswer
            : given.IsEmpty ? "" : string.Intern(Token(given));
        Answers.Add(new Answer(
            UserOf(row[columns[0]]),
            question,
            long.Parse(row[columns[1]], CultureInfo.InvariantCulture),
            long.Parse(row[columns[5]], CultureInfo.InvariantCulture),
            answer));
    }

    private int UserOf(ReadOnlySpan<char> id)
    {
        if (_userIndex.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out int user))
            return user;
        Users.Add(Token(id));
        _userIndex.Add(Users[^1], Users.Count - 1);
        return Users.Count - 1;
    }

    private static string Token(ReadOnlySpan<char> text)
    {
        bool plain = text.Length is > 0 and <= 64;
        foreach (char c in text)
            plain &= char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
        return plain
            ? text.ToString()
            : throw new FormatException($"'{text}' is not a plain token of up to 64 characters");
    }

    private delegate void RowReader(ReadOnlySpan<char> row, ReadOnlySpan<Range> columns);

    private static void ReadRows(string path, int columnCount, RowReader read)
    {
        int lineNumber = 1;
        try
        {
            using StreamReader lines = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            Span<Range> columns = stackalloc Range[columnCount + 1];
            lines.ReadLine();
            while (lines.ReadLine() is { } line)
            {
                lineNumber++;
                if (line.AsSpan().Split(columns, ',') != columnCount)
                    throw new FormatException($"expected {columnCount} columns");
                read(line, columns);
            }
        }
        catch (Exception e)
            when (e is IOException or InvalidDataException or FormatException or OverflowException)
        {
            throw new BadInputException($"{path}, line {lineNumber}: {e.Message}", e);
        }
    }
}
