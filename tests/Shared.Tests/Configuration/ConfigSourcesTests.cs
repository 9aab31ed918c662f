using System.Collections;
using Millrace.Shared.Configuration;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.Shared.Tests.Configuration;

public sealed class ConfigSourcesTests : IDisposable
{
    private static readonly ConfigKey Name = new("cluster.name", "millrace", "A name.");
    private static readonly ConfigKey Port = new("node.port", "0", "A port.");
    private static readonly ConfigKey Seeds = new("cluster.seeds", "", "Addresses.");
    private static readonly ConfigKey Password = new("journal.password", "", "A secret.") { IsSecret = true };
    private static readonly ConfigKey PasswordFile = new("journal.password_file", "", "Its file.");
    private static readonly ConfigTable Table = new([Name, Port, Seeds, Password, PasswordFile]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_command_line_wins_over_the_environment_over_the_file_over_the_default()
    {
        string file = Write("cluster: { name: file }\nnode: { port: 1 }");
        Hashtable environment = new() { ["MILLRACE_NODE_PORT"] = "2", ["MILLRACE_CLUSTER_NAME"] = "env" };
        ConfigValues values = Read(environment, "--config", file, "--cluster.name=line");
        Assert.Equal("line", values[Name].Text);
        Assert.Equal(2, values[Port].Port());
        Assert.Equal(1, Read([], "--config", file)[Port].Port());
        Assert.Equal("millrace", Read([])[Name].Text);
    }

    [Fact]
    public void A_list_of_the_file_is_as_one_with_commas()
    {
        string file = Write("cluster:\n  seeds: [\"a:1\", \"b:2\"]");
        Assert.Equal(["a:1", "b:2"], Read([], "--config", file)[Seeds].Addresses());
        Assert.Equal(["a:1", "b:2"], Read([], "--cluster.seeds", "a:1,b:2")[Seeds].Addresses());
    }

    [Theory]
    [InlineData(
        "cluster:\n  nmae: x", ":2:3: There is no key 'cluster.nmae'; the nearest one is 'cluster.name'.")]
    [InlineData("node: [1, 2]\n", ":1:1: There is no key 'node'")]
    [InlineData("just words", ":1:1: Write sections and keys")]
    [InlineData("a: \"", ":1:")]
    public void A_wrong_file_is_refused_with_its_place(string text, string message)
    {
        string file = Write(text);
        Assert.StartsWith(file + message, Refused("--config", file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cluster: {name: a, name: b}", 20, "name", 11)]
    [InlineData("{cluster.name: a, node: {port: 1}, cluster: {name: b}}", 46, "cluster.name", 2)]
    public void A_key_that_stands_twice_in_a_file_is_refused_with_both_places(
        string text, int second, string key, int first)
    {
        string file = Write(text);
        Assert.Equal(
            $"{file}:1:{second}: '{key}' is set at {file}:1:{first} already; leave one of them out.",
            Refused("--config", file));
    }

    [Theory]
    [InlineData("--node.port", "1", "2", "as '1' and '2'")]
    [InlineData("--config", "a", "b", "as 'a' and 'b'")]
    [InlineData("--journal.password", "hunter2", "hunter3", "as '***' and '***'")]
    public void An_option_that_is_given_twice_is_refused_with_both_values(
        string option, string first, string second, string shown) => Assert.Equal(
            $"command line: {option} is given 2 times, {shown}; leave all but one out.",
            Refused($"{option}={first}", option, second));

    [Theory]
    [InlineData("foo:1:2")]
    [InlineData("a:1,")]
    [InlineData("a:1,,b:2")]
    [InlineData(",a:1")]
    [InlineData(":1")]
    [InlineData("a:0")]
    [InlineData("a b:1")]
    [InlineData("::1:9111")]
    public void Addresses_that_are_none_are_refused(string text)
    {
        ConfigValue seeds = Read([], $"--cluster.seeds={text}")[Seeds];
        Assert.Equal(
            $"option --cluster.seeds: 'cluster.seeds' is '{text}'; write host:port, several separated by commas.",
            Assert.Throws<MillraceException>(() => seeds.Addresses()).Message);
    }

    [Fact]
    public void Addresses_are_names_or_numbers_with_a_port() => Assert.Equal(
        ["jm-1.example:9111", "jm_2:1", "10.0.0.1:65535", "[::1]:9111"],
        Read([], "--cluster.seeds=jm-1.example:9111, jm_2:1,10.0.0.1:65535,[::1]:9111")[Seeds].Addresses());

    [Theory]
    [InlineData("soon", "500ms, 60s, '10 min', '1 hour' or 7d")]
    [InlineData("0s", "a duration above 0, such as 500ms or 5s")]
    [InlineData("100000d", "at most 24d")]
    [InlineData("1999ms", "at least 2s, since renewals are late")]
    public void A_wrong_duration_is_refused_with_what_may_be_written(string text, string expected)
    {
        ConfigValue value = Read([], $"--cluster.name={text}")[Name];
        string message = Assert.Throws<MillraceException>(
            () => value.Duration(TimeSpan.FromSeconds(2), "since renewals are late")).Message;
        Assert.EndsWith($"{expected}.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There is no key 'node.prot'; the nearest one is 'node.port'", "--node.prot=1")]
    [InlineData("'port' is no option", "port")]
    [InlineData("--node.port has no value", "--node.port")]
    [InlineData("cannot be read", "--config=/no/such/file.yaml")]
    public void A_wrong_command_line_is_refused_with_what_to_write(string message, string argument) =>
        Assert.Contains(message, Refused(argument), StringComparison.Ordinal);

    [Fact]
    public void A_variable_a_slip_away_from_a_key_is_refused_and_any_other_is_somebody_else_s()
    {
        var refused = Assert.Throws<MillraceException>(
            () => Read(new Hashtable { ["MILLRACE_CLUSTER_NAM"] = "x" }));
        Assert.Equal(
            "variable MILLRACE_CLUSTER_NAM: There is no such variable; the nearest one is "
            + "'MILLRACE_CLUSTER_NAME'.", refused.Message);
        Assert.Equal("millrace", Read(new Hashtable { ["MILLRACE_SLOTS"] = "x" })[Name].Text);
    }

    [Theory]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("many")]
    public void A_wrong_value_is_refused_with_its_key_and_range(string text)
    {
        ConfigValue value = Read([], $"--node.port={text}")[Port];
        Assert.Equal(
            $"option --node.port: 'node.port' is '{text}'; write a whole number from 0 to 65535.",
            Assert.Throws<MillraceException>(() => value.Port()).Message);
    }

    [Fact]
    public void Secrets_are_shown_nowhere()
    {
        ConfigValues values = Read([], "--journal.password=hunter2", "--cluster.name=x?password=hunter2&y");
        Assert.DoesNotContain("hunter2", values.Summary, StringComparison.Ordinal);
        Assert.Contains("journal.password=***", values.Summary, StringComparison.Ordinal);
        Assert.Equal("hunter2", values.Secret(Password, PasswordFile));
    }

    [Fact]
    public void A_secret_may_stand_in_a_file_of_its_own_but_not_in_both()
    {
        string file = Write("hunter2\n");
        Assert.Equal("hunter2", Read([], $"--journal.password_file={file}").Secret(Password, PasswordFile));
        ConfigValues both = Read([], $"--journal.password_file={file}", "--journal.password=x");
        Assert.Contains(
            "both set", Assert.Throws<MillraceException>(() => both.Secret(Password, PasswordFile)).Message,
            StringComparison.Ordinal);
    }

    private string Write(string text)
    {
        string file = Path.Combine(_folder.FullName, "x.yaml");
        File.WriteAllText(file, text);
        return file;
    }

    private static string Refused(params string[] arguments) =>
        Assert.Throws<MillraceException>(() => Read([], arguments)).Message;

    private static ConfigValues Read(Hashtable environment, params string[] arguments) =>
        new ConfigSources("program", Table).Read(arguments, environment);
}
