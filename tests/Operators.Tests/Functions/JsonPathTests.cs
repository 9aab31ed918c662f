using System.Text;
using Millrace.Operators.Functions;
using Millrace.Operators.Functions.Json;
using Millrace.Operators.Functions.Json.Paths;
using Xunit;

namespace Millrace.Operators.Tests.Functions;

/// <summary>The expectations are what Apache Flink 2.3 gives.</summary>
public class JsonPathTests
{
    private const string Carts =
        """{"items":[{"sku":"a","qty":1},{"sku":"b","qty":5},{"sku":"c","qty":9}],"sku":"top"}""";

    private const string People =
        "[{\"a\":1,\"n\":\"x\"},{\"a\":2,\"n\":\"xy\"},{\"n\":null},{\"a\":3,\"t\":[1,2]},{\"t\":[]}]";

    [Theory]
    [InlineData(Carts, "$.items[-1].sku", "\"c\"")]
    [InlineData(Carts, "$.items[0:2].sku", "[\"a\",\"b\"]")]
    [InlineData(Carts, "$.items[0,2].sku", "[\"a\",\"c\"]")]
    [InlineData(Carts, "$.items[?(@.qty >= 5)].sku", "[\"b\",\"c\"]")]
    [InlineData(Carts, "$..sku", "[\"top\",\"a\",\"b\",\"c\"]")]
    [InlineData(Carts, "$.items.length()", "3")]
    [InlineData(Carts, "$.items[*].qty", "[1,5,9]")]
    [InlineData("{\"a\":[3,1,2]}", "$.a.max()", "3.0")]
    [InlineData("{\"a\":[3,1,2]}", "$.a.sum()", "6.0")]
    [InlineData("{\"a\":[3,1,2]}", "$.a.avg()", "2.0")]
    [InlineData("{\"a\":[3,1,2]}", "$.a.first()", "3")]
    [InlineData("{\"a\":[3,1,2]}", "$.a.index(-1)", "2")]
    [InlineData("{\"a\":{\"x\":1,\"y\":2}}", "$.a.keys()", "[\"x\",\"y\"]")]
    [InlineData("{\"a\":1,\"b\":2,\"c\":3}", "$[\"a\",\"c\"]", "{\"a\":1,\"c\":3}")]
    [InlineData("{\"a\":{\"x\":1,\"y\":[2]}}", "$.a.*", "[1,[2]]")]
    [InlineData("[1,2,3,4]", "$[-2:]", "[3,4]")]
    [InlineData("[1,2,3,4]", "$[:2]", "[1,2]")]
    [InlineData("[1,2,3,4]", "$[1:-1]", "[]")]
    [InlineData("[[1,2],[3]]", "$[*][0]", "[1,3]")]
    [InlineData("{\"a\":[{\"b\":1},{\"b\":2}]}", "$..*", "[[{\"b\":1},{\"b\":2}],{\"b\":1},{\"b\":2},1,2]")]
    [InlineData(People, "$[?(@.a)].a", "[1,2,3]")]
    [InlineData(People, "$[?(@.a == 1 || @.n == 'xy')].a", "[1,2]")]
    [InlineData(People, "$[?(@.a > 1 && @.a < 3)].a", "[2]")]
    [InlineData(People, "$[?(@.n =~ /X.*/i)].a", "[1,2]")]
    [InlineData(People, "$[?(!@.a)].t", "[[]]")]
    [InlineData(People, "$[?(@.t size 2)].a", "[3]")]
    [InlineData(People, "$[?(@.t empty true)].a", "[]")]
    [InlineData(People, "$[?(@.t contains 2)].a", "[3]")]
    [InlineData("[1,2,3]", "$[?(@ > 1)]", "[2,3]")]
    [InlineData("{\"a\":{\"b\":5}}", "$.a[?(@.b == 5)]", "[{\"b\":5}]")]
    [InlineData("{\"a\":1}", "$", "{\"a\":1}")]
    [InlineData("{\"a\":{\"b\":1},\"a\":{\"c\":2}}", "$.a", "{\"c\":2}")]
    public void A_path_gives(string json, string path, string expected) =>
        Assert.Equal(expected, Read(json, path));

    [Theory]
    [InlineData("{\"a\":1}", "$.b", "failed", "nothing")]
    [InlineData("{\"a\":1}", "$.a.b", "failed", "nothing")]
    [InlineData("{\"a\":1}", "$.b.c[*]", "failed", "[]")]
    [InlineData("{\"a\":[]}", "$.a[0]", "failed", "nothing")]
    [InlineData("{\"a\":1}", "$.a[0]", "failed", "nothing")]
    [InlineData("{\"a\":1}", "$.a[0:1]", "failed", "[]")]
    [InlineData("{\"a\":[{\"b\":1},{}]}", "$.a[*].b", "[1]", "[1]")]
    [InlineData("{\"a\":[{\"b\":{\"c\":1}},{}]}", "$.a[*].b.c", "[1]", "[1]")]
    [InlineData("{\"a\":false}", "$.a[*]", "[]", "[]")]
    [InlineData("{\"a\":1}", "$.a.length()", "failed", "nothing")]
    [InlineData("{\"a\":[]}", "$.a.sum()", "failed", "nothing")]
    [InlineData("{\"a\":1}", "$[?(@.a", "failed", "failed")]
    [InlineData("{\"a\":1}", "$.a.b()", "failed", "failed")]
    public void Strict_mode_fails_where_lax_mode_passes_over(
        string json, string path, string strict, string lax)
    {
        Assert.Equal(strict, Read(json, path));
        Assert.Equal(lax, Read(json, "lax " + path));
    }

    [Fact]
    public void A_path_of_members_is_read_the_same_with_and_without_a_tree()
    {
        var random = new Random(7);
        for (int i = 0; i < 3000; i++)
        {
            string json = Document(random, 3);
            string path = "$."
                + string.Join('.', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Name(random)));
            byte[] text = Encoding.UTF8.GetBytes(json);
            JsonPath parsed = JsonPath.Parse(path);
            using JsonReading reading = JsonReading.Read(parsed, text);
            Assert.True(MemberScan.TryFind(text, parsed.MemberNames!, out MemberScan found));
            var kind = found.Kind.ToString().Replace("Start", "", StringComparison.Ordinal);
            string expected = reading.Item.IsNull ? "N" : reading.Item.Kind.ToString();
            Assert.True(kind.StartsWith(expected, StringComparison.Ordinal),
                $"{json} {path}: {kind}, not {expected}");
            if (expected == "Number")
                Assert.Equal(Json(reading.Item), Encoding.UTF8.GetString(found.Raw(text)));
        }
    }

    [Fact]
    public void No_text_of_a_path_breaks_the_parser()
    {
        var random = new Random(11);
        const string Letters = "$.@[]()'\"*?:,-0123abc =!<>&|/~";
        for (int i = 0; i < 20_000; i++)
        {
            string path = string.Concat(
                Enumerable.Range(0, random.Next(12)).Select(_ => Letters[random.Next(Letters.Length)]));
            using JsonReading reading = JsonReading.Read(JsonPath.Parse(path), "{\"a\":[1,{\"b\":\"c\"}]}"u8);
        }
    }

    private static string Name(Random random) => "abc"[random.Next(3)].ToString();

    private static string Document(Random random, int depth) => random.Next(depth == 0 ? 3 : 6) switch
    {
        0 => random.Next(100).ToString(System.Globalization.CultureInfo.InvariantCulture),
        1 => "null",
        2 => "\"x\\n\"",
        3 => "[" + Document(random, depth - 1) + "]",
        _ => "{" + string.Join(',', Enumerable.Range(0, random.Next(5)).Select(
            _ => $"\"{Name(random)}\":{Document(random, depth - 1)}")) + "}",
    };

    private static string Read(string json, string path)
    {
        using JsonReading reading = JsonReading.Read(JsonPath.Parse(path), Encoding.UTF8.GetBytes(json));
        return reading.IsFailed ? "failed" : reading.Item.IsNull ? "nothing" : Json(reading.Item);
    }

    private static string Json(JsonItem item)
    {
        var text = new TextBuffer();
        item.AppendJson(text);
        return Encoding.UTF8.GetString(text.Written);
    }
}
