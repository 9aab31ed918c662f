using System.Collections.Immutable;
using Millrace.Connectors.Options;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Options;

public sealed class OptionReaderTests
{
    [Fact]
    public void An_unknown_option_is_refused_with_the_nearest_known_one()
    {
        OptionReader reader = Reader(("url", "x"), ("tabel-name", "t"));
        reader.Required("url");
        reader.Text("table-name");
        MillraceException e = Assert.Throws<MillraceException>(reader.End);
        Assert.Equal(ErrorKind.Invalid, e.Kind);
        Assert.Equal("Table 't' has the unknown option 'tabel-name'; did you mean 'table-name'?", e.Message);
    }

    [Fact]
    public void A_missing_required_option_is_named()
    {
        MillraceException e = Assert.Throws<MillraceException>(() => Reader().Required("url"));
        Assert.Equal("Table 't' needs the option 'url' of the connector 'jdbc'.", e.Message);
    }

    [Theory]
    [InlineData("1 hour", 3_600_000)]
    [InlineData("60s", 60_000)]
    [InlineData("10 MIN", 600_000)]
    [InlineData("250", 250)]
    [InlineData("7d", 604_800_000)]
    public void A_duration_has_a_unit_or_is_milliseconds(string text, long milliseconds) =>
        Assert.Equal(milliseconds, Reader(("d", text)).Duration("d", default).TotalMilliseconds);

    [Theory]
    [InlineData("-1s")]
    [InlineData("one hour")]
    [InlineData("5 weeks")]
    public void A_malformed_duration_is_refused_with_its_form(string text)
    {
        MillraceException e =
            Assert.Throws<MillraceException>(() => Reader(("d", text)).Duration("d", default));
        Assert.Contains(text, e.Message, StringComparison.Ordinal);
        Assert.Contains("a number and a unit", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_have_their_range()
    {
        Assert.Equal(7, Reader(("n", " 7 ")).Int32("n", 1));
        Assert.Equal(1, Reader().Int32("n", 1));
        Assert.Throws<MillraceException>(() => Reader(("n", "-1")).Int32("n", 1));
        Assert.Throws<MillraceException>(() => Reader(("n", "3000000000")).Int32("n", 1));
    }

    [Fact]
    public void A_secret_is_not_shown()
    {
        MillraceException e = Reader(("password", "hunter2")).Malformed("password", "text");
        Assert.DoesNotContain("hunter2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_choice_ignores_case() =>
        Assert.Equal("PARTIAL", Reader(("c", "partial")).Choice("c", "NONE", "NONE", "PARTIAL"));

    private static OptionReader Reader(params (string Key, string Value)[] options) => new(new TableSpec(
        "t", Schema.Empty, [], [],
        options.ToImmutableSortedDictionary(o => o.Key, o => o.Value).Add("connector", "jdbc")));
}
