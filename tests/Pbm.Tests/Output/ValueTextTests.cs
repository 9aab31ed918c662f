using System.Text.Json.Nodes;
using Millrace.Pbm.Output;
using Xunit;

namespace Millrace.Pbm.Tests.Output;

public sealed class ValueTextTests
{
    [Theory]
    [InlineData("null", "text", "")]
    [InlineData("\"a\"", "text", "a")]
    [InlineData("\"a\"", "number", "a")]
    [InlineData("true", "text", "yes")]
    [InlineData("[\"a\",\"b\"]", "text", "a, b")]
    [InlineData("{\"a\":1}", "text", "{\"a\":1}")]
    [InlineData("1234567", "number", "1,234,567")]
    [InlineData("0.26", "number", "0.3")]
    [InlineData("999", "bytes", "999 B")]
    [InlineData("1500000", "bytes", "1.5 MB")]
    [InlineData("250", "duration", "250 ms")]
    [InlineData("1500", "duration", "1.5 s")]
    [InlineData("3661000", "duration", "0.01:01:01")]
    [InlineData("0.5", "bar", "████████████░░░░░░░░░░░░ 50%")]
    [InlineData("7", "kind of tomorrow", "7")]
    public void A_value_is_shown_by_its_kind(string json, string kind, string text) =>
        Assert.Equal(text, ValueText.Of(JsonNode.Parse(json), kind));

    [Fact]
    public void Control_characters_of_a_document_never_reach_the_terminal() =>
        Assert.Equal("a [2Jb", ValueText.Of(JsonValue.Create("a\e[2Jb"), "text"));

    [Theory]
    [InlineData("{name} is {state}, {n:number} rows", "a is UP, 1,000 rows")]
    [InlineData("{missing} {", " {")]
    [InlineData("{name}[: {missing}][, {state}]", "a, UP")]
    public void A_template_is_filled_with_members(string template, string line) => Assert.Equal(
        line, LineTemplate.Fill(template, JsonNode.Parse("""{"name":"a","state":"UP","n":1000}""")));
}
