using Millrace.Pbm.Shell;
using Xunit;

namespace Millrace.Pbm.Tests.Shell;

public sealed class HistoryTests
{
    [Fact]
    public void The_oldest_lines_go_when_there_are_too_many()
    {
        var history = new History([]);
        for (int i = 0; i <= History.MaxLines; i++) history.Add($"line {i}");
        Assert.Equal((History.MaxLines, "line 1"), (history.Lines.Count, history.Lines[0]));
    }

    [Fact]
    public void An_empty_line_and_a_line_said_again_are_not_remembered()
    {
        var history = new History([]);
        foreach (string line in new[] { "a", " ", "a", "b", "a" }) history.Add(line);
        Assert.Equal(["a", "b", "a"], history.Lines);
    }

    [Fact]
    public void A_line_with_a_secret_is_not_remembered()
    {
        var history = new History([]);
        history.Add("job submit -f a.yaml --set password=geheim");
        Assert.Empty(history.Lines);
    }

    [Fact]
    public void A_history_is_kept_in_a_file_and_read_from_it()
    {
        using var folder = new TempFolder();
        var file = new HistoryFile(folder.File("state/pbm_history"));
        History history = file.Load();
        history.Add("job list");
        file.Save(history);
        Assert.Equal(["job list"], file.Load().Lines);
    }
}
