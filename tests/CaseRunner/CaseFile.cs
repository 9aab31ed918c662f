using Millrace.Shared.Types;

namespace Millrace.CaseRunner;

/// <summary>A <c>.case</c> file, read as tests/cases/README.md has it.</summary>
internal sealed class CaseFile
{
    /// <summary>Folder and name: <c>cep/v_shape_prices</c>.</summary>
    public required string Name { get; init; }

    public Dictionary<string, string> Options { get; } = [];

    /// <summary>In the order of their <c>== rows</c> sections; tables without rows at the end.</summary>
    public List<CaseTable> Tables { get; } = [];

    public List<(string Name, string Query)> Views { get; } = [];

    public string Query { get; private set; } = "";

    /// <summary>The tokens of <c>== order</c>.</summary>
    public List<string> Order { get; } = [];

    /// <summary>Every row and end of every table in the order in which they are fed.</summary>
    public List<FeedStep> Steps()
    {
        List<FeedStep> steps = [];
        Dictionary<string, int> left = Tables.ToDictionary(t => t.Name, t => t.Rows.Count);
        HashSet<string> ended = [];
        foreach (string token in Order)
        {
            if (token.EndsWith('.')) End(token[..^1]);
            else Row(token);
        }
        foreach (string table in Tables.Select(t => t.Name))
        {
            while (left[table] > 0) Row(table);
            if (!ended.Contains(table)) End(table);
        }
        return steps;

        void Row(string table)
        {
            left[table]--;
            steps.Add(new FeedStep(table, IsEnd: false));
        }

        void End(string table)
        {
            ended.Add(table);
            steps.Add(new FeedStep(table, IsEnd: true));
        }
    }

    public CaseExpectation Expectation { get; private set; } = new();

    public static CaseFile Read(string path)
    {
        string folder = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)))!;
        var file = new CaseFile { Name = $"{folder}/{Path.GetFileNameWithoutExtension(path)}" };
        List<string> section = [];
        string header = "";
        foreach (string line in File.ReadLines(path).Append("== "))
        {
            if (!line.StartsWith("== ", StringComparison.Ordinal))
            {
                section.Add(line);
                continue;
            }
            file.Take(header, section);
            header = line[3..].Trim();
            section = [];
        }
        return file;
    }

    private void Take(string header, List<string> lines)
    {
        string[] words = header.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string text = string.Join('\n', lines);
        switch (words.FirstOrDefault())
        {
            case "set":
                foreach (string line in lines.Where(l => l.Contains('=', StringComparison.Ordinal)))
                    Options[line[..line.IndexOf('=', StringComparison.Ordinal)].Trim()] =
                        line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim();
                break;
            case "table":
                Table(words[1]).Columns = text;
                Table(words[1]).IsChangelog = words.Length > 2 && words[2] == "changelog";
                break;
            case "rows":
                TakeRows(Table(words[1]), lines);
                break;
            case "view":
                Views.Add((words[1], text));
                break;
            case "query":
                Query = text;
                break;
            case "order":
                Order.AddRange(text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
                break;
            case "expect":
                foreach (string line in lines.Where(l => l.Length > 0)) Expect(line);
                break;
            case "final":
                Expectation.Final = [.. lines.Where(l => l.Length > 0)];
                break;
            case "fails":
                Expectation.FailsAt = text.Trim();
                break;
        }
    }

    private CaseTable Table(string name)
    {
        CaseTable? table = Tables.Find(t => t.Name == name);
        if (table is null) Tables.Add(table = new CaseTable(name));
        return table;
    }

    private void TakeRows(CaseTable table, List<string> lines)
    {
        // Tables are fed in the order of their rows sections.
        Tables.Remove(table);
        Tables.Insert(Tables.Count(t => t.HasRowsSection), table);
        table.HasRowsSection = true;
        foreach (string line in lines.Where(l => l.Length > 0))
            table.Rows.Add(
                line[0] is '+' or '-' ? (KindOf(line[..2]), line[3..]) : (ChangeKind.Insert, line));
    }

    private void Expect(string line)
    {
        if (line[0] == '=') Expectation.Columns = line.Length > 1 ? line[2..] : "";
        else if (line[0] == '!') Expectation.Error = line[2..];
        else Expectation.Changes.Add((KindOf(line[..2]), line[3..]));
    }

    private static ChangeKind KindOf(string text) => text switch
    {
        "+I" => ChangeKind.Insert,
        "-U" => ChangeKind.UpdateBefore,
        "+U" => ChangeKind.UpdateAfter,
        "-D" => ChangeKind.Delete,
        _ => throw new FormatException($"'{text}' is no change kind."),
    };
}

internal sealed class CaseTable(string name)
{
    public string Name { get; } = name;

    /// <summary>The column list of the DDL.</summary>
    public string Columns { get; set; } = "";

    public bool IsChangelog { get; set; }

    public bool HasRowsSection { get; set; }

    /// <summary>JSON objects in arrival order.</summary>
    public List<(ChangeKind Kind, string Json)> Rows { get; } = [];
}

/// <summary>What Flink gave.</summary>
internal sealed class CaseExpectation
{
    /// <summary>Names and types, separated by commas; null for an error.</summary>
    public string? Columns { get; set; }

    public List<(ChangeKind Kind, string Json)> Changes { get; } = [];

    /// <summary>The rows after the changelog, or null where it has inserts only.</summary>
    public List<string>? Final { get; set; }

    public string? Error { get; set; }

    /// <summary><c>plan</c> or <c>run</c>.</summary>
    public string? FailsAt { get; set; }
}
