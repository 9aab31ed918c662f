using Millrace.Pbm.CommandLine;
using Xunit;

namespace Millrace.Pbm.Tests;

public sealed class CommandParserTests
{
    [Fact]
    public void Arguments_and_options_are_told_apart_in_any_order()
    {
        ParsedCommand parsed = Parse(
            "send", "-f", "a.yaml", "Ulm", "--set", "x=1", "Kehl", "--set=y=a=b", "--fast");

        Assert.Equal(
            ["fast: true", "file: a.yaml", "from: Ulm", "over: Kehl", "set: x=1 y=a=b"],
            parsed.Arguments.Select(a => $"{a.Key}: {string.Join(' ', a.Value)}").Order());
        Assert.Equal(["a.yaml"], parsed.Files);
    }

    [Fact]
    public void The_last_argument_takes_all_that_follow_when_it_may_be_many() =>
        Assert.Equal(["Kehl", "Bern"], Parse("send", "Ulm", "Kehl", "Bern").Arguments["over"]);

    [Fact]
    public void What_follows_two_dashes_is_no_option() =>
        Assert.Equal(["--fast"], Parse("send", "--", "--fast").Arguments["from"]);

    [Fact]
    public void An_option_of_a_kind_that_is_not_known_takes_a_text() =>
        Assert.Equal(["roses"], Parse("send", "Ulm", "--smell", "roses").Arguments["smell"]);

    [Theory]
    [InlineData("pbm train send needs FROM: Where from.", "send")]
    [InlineData("pbm train send has no option '--fst'; the nearest is '--fast'.", "send", "Ulm", "--fst")]
    [InlineData("--cars needs a value: --cars N.", "send", "Ulm", "--cars")]
    [InlineData("'two' is no whole number.", "send", "Ulm", "-c", "two")]
    [InlineData("--set x: write NAME=VALUE.", "send", "Ulm", "--set", "x")]
    [InlineData("--cars N is given twice.", "send", "Ulm", "-c", "1", "--cars", "2")]
    [InlineData("--fast takes no value.", "send", "Ulm", "--fast=1")]
    [InlineData("pbm train stop takes no argument 'Ulm'.", "stop", "Ulm")]
    [InlineData("The palette train has no command 'sendd'; the nearest is 'send'.", "sendd")]
    [InlineData("The palette train has no command 'paint'; there are send, stop.", "paint")]
    public void A_wrong_line_is_refused_with_what_would_be_right(string message, params string[] words)
    {
        var refused = Assert.Throws<PbmException>(() => Parse(words));
        Assert.Equal((ExitCodes.Usage, message), (refused.ExitCode, refused.Message));
    }

    [Fact]
    public void A_palette_that_is_none_is_refused_with_the_nearest() => Assert.Equal(
        "There is no palette 'trane'; the nearest is 'train'.",
        Assert.Throws<PbmException>(
            () => CommandParser.Parse(Descriptions.Palettes, ["trane", "x"])).Message);

    [Fact]
    public void A_palette_without_a_command_asks_which() => Assert.Equal(
        "Which command of train? There are send, stop.",
        Assert.Throws<PbmException>(() => CommandParser.Parse(Descriptions.Palettes, ["train"])).Message);

    [Fact]
    public void A_line_without_a_palette_asks_which() => Assert.Equal(
        "Which palette? There are train, signal.",
        Assert.Throws<PbmException>(() => CommandParser.Parse(Descriptions.Palettes, [])).Message);

    [Fact]
    public void An_option_of_pbm_that_is_none_is_no_palette() => Assert.Equal(
        "pbm has no option '--bogus'; there are --output, --help, --version.",
        Assert.Throws<PbmException>(() => CommandParser.Parse(Descriptions.Palettes, ["--bogus"])).Message);

    private static ParsedCommand Parse(params string[] words) =>
        CommandParser.Parse(Descriptions.Palettes, ["train", .. words]);
}
