using Millrace.Pbm.Shell;
using Xunit;

namespace Millrace.Pbm.Tests.Shell;

public sealed class CompleterTests
{
    private readonly Completer _completer = new(
        Descriptions.Palettes,
        (source, prefix) => Task.FromResult<IReadOnlyList<string>>([$"{source}:{prefix}".Insert(0, prefix)]),
        _ => ["plan.yaml", "plans/"]);

    [Theory]
    [InlineData("", "train signal")]
    [InlineData("s", "signal")]
    [InlineData("--o", "--output")]
    [InlineData("train ", "send stop")]
    [InlineData("train se", "send")]
    [InlineData("train nothing ", "")]
    [InlineData("nothing ", "")]
    [InlineData("train send U", "Ustations:U")]
    [InlineData("train send -f pl", "plan.yaml plans/")]
    [InlineData("train send -f plan.yaml --f", "--fast")]
    [InlineData("train send --set a=b --s", "--set --smell")]
    [InlineData("train send --cars ", "")]
    [InlineData("train send Ulm --output ", "table json")]
    [InlineData("train send Ulm --output=j", "--output=json")]
    [InlineData("train stop --", "--help --output")]
    [InlineData("--output json train st", "stop")]
    public async Task A_line_goes_on_with(string line, string candidates)
    {
        Words words = Words.Of(line);
        Assert.Equal(candidates, string.Join(' ', await _completer.CandidatesAsync(words.All, words.Last)));
    }

    [Theory]
    [InlineData("send", "send")]
    [InlineData("s", "send", "stop")]
    [InlineData("", "a", "b")]
    [InlineData("job", "job", "jobs")]
    public void Candidates_begin_in_common_with(string common, params string[] candidates) =>
        Assert.Equal(common, Completer.CommonStart(candidates));

    [Fact]
    public void Files_are_named_as_they_were_begun()
    {
        using var folder = new TempFolder();
        folder.Write("jobs/a.yaml", "");
        folder.Write("jobs/.hidden", "");
        folder.Write("jobs/sql/a.sql", "");
        Assert.Equal(["jobs/"], FileNames.StartingWith("j", folder.Path));
        Assert.Equal(["jobs/a.yaml", "jobs/sql/"], FileNames.StartingWith("jobs/", folder.Path));
        Assert.Equal(["./jobs/.hidden"], FileNames.StartingWith("./jobs/.h", folder.Path));
        Assert.Empty(FileNames.StartingWith("nothing/x", folder.Path));
    }
}
