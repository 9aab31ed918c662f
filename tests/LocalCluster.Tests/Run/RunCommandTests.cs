using System.CommandLine;
using Millrace.Run.CommandLine;
using Xunit;

namespace Millrace.LocalCluster.Tests.Run;

public sealed class RunCommandTests
{
    [Fact]
    public void Without_options_everything_runs_on_one_copy_in_the_folder_out()
    {
        RunOptions options = Accept();
        Assert.Equal("out", options.Out);
        Assert.Empty(options.Only);
        Assert.Equal(1, options.Repeat);
        Assert.Null(options.Events);
        Assert.Null(options.Parallelism);
        Assert.Null(options.KillEvery);
    }

    [Fact]
    public void Options_that_repeat_collect_and_the_last_value_of_a_name_wins()
    {
        RunOptions options = Accept("--only", "wrongbook", "--only", "learning-analysis", "--set", "out=a=b",
            "--conf", "runtime.restart_delay=1s", "--conf", "runtime.restart_delay=2s", "--events", "x", "y");
        Assert.Equal(["wrongbook", "learning-analysis"], options.Only);
        Assert.Equal("a=b", options.Variables["out"]);
        Assert.Equal("2s", options.Configuration["runtime.restart_delay"]);
        Assert.Equal(["x", "y"], options.Events);
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("1.5s", 1_500)]
    [InlineData("2min", 120_000)]
    public void A_duration_has_a_unit(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Accept("--kill-every", text).KillEvery);

    [Theory]
    [InlineData("--from a --repeat 2", "--repeat works where events are made")]
    [InlineData("--from a --events b", "--events and --from")]
    [InlineData("--from a --prepare-only b", "--prepare-only makes a folder")]
    [InlineData("--events a --repeat 2", "--repeat copies EdNet")]
    [InlineData("--only daily", "user-daily-stats")]
    [InlineData("--parallelism 0", "at least 1")]
    [InlineData("--parallelism x", "'x' is no count")]
    [InlineData("--repeat 0", "at least 1")]
    [InlineData("--kill-every 500", "is no duration")]
    [InlineData("--kill-every 0", "is no duration")]
    [InlineData("--kill-every 0s", "is no duration")]
    [InlineData("--set out", "write NAME=VALUE")]
    [InlineData("--conf =1", "write KEY=VALUE")]
    [InlineData("--events", "Required argument missing")]
    [InlineData("--nonsense", "--nonsense")]
    public void What_makes_no_sense_is_refused_by_name(string arguments, string message)
    {
        ParseResult result = Parse(arguments.Split(' '), _ => { });
        Assert.Contains(result.Errors, error => error.Message.Contains(message, StringComparison.Ordinal));
    }

    private static RunOptions Accept(params string[] arguments)
    {
        RunOptions? read = null;
        ParseResult result = Parse(arguments, options => read = options);
        Assert.Empty(result.Errors);
        Assert.Equal(7, result.Invoke());
        return read!;
    }

    private static ParseResult Parse(string[] arguments, Action<RunOptions> run) =>
        RunCommand.Create((options, _) =>
    {
        run(options);
        return Task.FromResult(7);
    }).Parse(arguments);
}
