using FsCheck.Xunit;
using Millrace.Pbm.Shell;
using Xunit;

namespace Millrace.Pbm.Tests.Shell;

public sealed class WordsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("  job   list ", "job|list")]
    [InlineData("a 'b c' \"d 'e\" f\\ g", "a|b c|d 'e|f g")]
    [InlineData("x''y", "xy")]
    [InlineData("''", "")]
    [InlineData("--set name='a b'", "--set|name=a b")]
    public void A_line_is_cut_as_a_shell_cuts_it(string line, string words) =>
        Assert.Equal(words, string.Join('|', Words.Of(line).Complete));

    [Theory]
    [InlineData("job li", 1, "li", 4)]
    [InlineData("job ", 1, "", 4)]
    [InlineData("job 'a b", 1, "a b", 4)]
    public void The_word_at_the_end_is_known_with_its_start(string line, int before, string last, int start)
    {
        Words words = Words.Of(line);
        Assert.Equal((before, last, start), (words.All.Count, words.Last, words.LastStart));
    }

    [Property]
    public bool A_quoted_text_is_one_word_again(string? text) =>
        text is null || Words.Of("x " + Words.Quote(text) + " y").All is ["x", var word] && word == text;
}
