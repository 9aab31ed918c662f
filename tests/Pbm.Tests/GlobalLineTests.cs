using Millrace.Pbm.CommandLine;
using Xunit;

namespace Millrace.Pbm.Tests;

public sealed class GlobalLineTests
{
    [Theory]
    [InlineData(null, "127.0.0.1:9110", "job", "list")]
    [InlineData("jm:1", "jm:1", "job", "list")]
    [InlineData("jm:1", "a:1,b:2", "a:1,b:2", "job", "list")]
    [InlineData(null, "[::1]:9110", "[::1]:9110", "job", "list")]
    public void Addresses_come_from_the_line_the_environment_or_the_default(
        string? environment, string addresses, params string[] arguments)
    {
        GlobalLine line = GlobalLine.Parse(arguments, environment);
        Assert.Equal(addresses, string.Join(',', line.Addresses));
        Assert.Equal(["job", "list"], line.Words);
    }

    [Theory]
    [InlineData("--output", "json", "job", "list")]
    [InlineData("job", "--output=json", "list")]
    [InlineData("job", "list", "--output", "json")]
    public void The_output_may_stand_anywhere(params string[] arguments)
    {
        GlobalLine line = GlobalLine.Parse(arguments, null);
        Assert.Equal(OutputForm.Json, line.Output);
        Assert.Equal(["job", "list"], line.Words);
    }

    [Theory]
    [InlineData("There is no output 'xml'; write table or json.", "--output", "xml")]
    [InlineData("--output needs a value: table or json.", "job", "--output")]
    [InlineData("'localhost:http' is no address; write host:port.", "localhost:http", "job")]
    [InlineData("':9110' is no address; write host:port.", ":9110", "job")]
    [InlineData("'b' is no address; write host:port.", "a:1,b", "job")]
    [InlineData("'a:70000' is no address; write host:port.", "a:70000")]
    public void What_is_wrong_is_refused_as_usage(string message, params string[] arguments)
    {
        var refused = Assert.Throws<PbmException>(() => GlobalLine.Parse(arguments, null));
        Assert.Equal((ExitCodes.Usage, message), (refused.ExitCode, refused.Message));
    }
}
