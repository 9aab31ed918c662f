using Millrace.Operators.Expressions;
using Millrace.Operators.Functions;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Xunit;
using static Millrace.Operators.Tests.Functions.FunctionCall;

namespace Millrace.Operators.Tests.Functions;

/// <summary>The expectations are what Apache Flink 2.3 gives.</summary>
public class JsonFunctionTests
{
    [Theory]
    [InlineData("{\"a\":{\"b\":\"x\"}}", "$.a.b", "x")]
    [InlineData("{\"a\":{\"b\":\"x\"}}", "$.a.c", "NULL")]
    [InlineData("{\"v\":1.50}", "lax $.v", "1.50")]
    [InlineData("{\"v\":1E+3}", "lax $.v", "1E+3")]
    [InlineData("{\"v\":-0.0}", "lax $.v", "0.0")]
    [InlineData("{\"v\":-0}", "lax $.v", "0")]
    [InlineData("{\"v\":123456789012345678901234567890}", "$.v", "123456789012345678901234567890")]
    [InlineData("{\"v\":1e400}", "$.v", "1E+400")]
    [InlineData("{\"v\":0.0000001}", "$.v", "1E-7")]
    [InlineData("{\"v\":0.000001}", "$.v", "0.000001")]
    [InlineData("{\"v\":2.0e5}", "$.v", "2.0E+5")]
    [InlineData("{\"v\":0.1e-7}", "$.v", "1E-8")]
    [InlineData("{\"v\":true, \"v\":2}", "$.v", "2")]
    [InlineData("{\"v\":{\"w\":1}, \"v\":2}", "$.v.w", "NULL")]
    [InlineData("{\"v\":1} trailing", "$.v", "1")]
    [InlineData("{\"v\":1,}", "$.v", "NULL")]
    [InlineData("{\"v\":NaN}", "$.v", "NULL")]
    [InlineData("{\"v\":+1}", "$.v", "NULL")]
    [InlineData("{v:1}", "$.v", "NULL")]
    [InlineData("", "$.v", "NULL")]
    [InlineData("{\"v\":\"a\\u0001\\ud83d\\ude00\\n\"}", "$.v", "a\u0001😀\n")]
    [InlineData("{\"v\":\"\\ud83d!\"}", "$.v", "?!")]
    [InlineData("{\"v\":null}", "$.v", "NULL")]
    [InlineData("{\"v\":[1]}", "$.v", "NULL")]
    [InlineData("{\"\\u0076\":7}", "$.v", "7")]
    [InlineData("\"root\"", "lax $", "root")]
    [InlineData("7", "$", "7")]
    [InlineData("[10,[20,30]]", "lax $[1][1]", "30")]
    [InlineData("{\"a\":[{\"c\":\"c0\"}]}", "lax $.a.c", "NULL")]
    [InlineData("{\"a\":{\"d\":[1,2,3]}}", "a.d[1]", "2")]
    [InlineData("{\"a\":1}", "$.", "NULL")]
    [InlineData("{\"a.b\":5}", "$[\"a.b\"]", "5")]
    [InlineData("{\"姓名\":\"李\"}", "LAX $['姓名']", "李")]
    public void Value_of_a_path(string json, string path, string expected) =>
        Assert.Equal(expected, Run("JSON_VALUE", json, path));

    [Fact]
    public void A_value_of_nothing_is_null()
    {
        Assert.Equal("NULL", Run("JSON_VALUE", [], null, "$.a"));
        Assert.Equal("NULL", Run("JSON_VALUE", "{}", null));
    }

    [Theory]
    [InlineData("{\"a\":[]}", "lax $.a[9]", "none")]
    [InlineData("{\"a\":[]}", "$.a[9]", "failed")]
    [InlineData("{\"a\":null}", "lax $.a", "none")]
    [InlineData("{\"a\":null}", "$.a", "failed")]
    [InlineData("{\"a\":{}}", "lax $.a", "none")]
    [InlineData("{\"a\":{}}", "$.a", "failed")]
    [InlineData("{", "lax $.a", "none")]
    [InlineData("{", "strict $.a", "failed")]
    [InlineData("{\"a\":[1]}", "lax $.a[*]", "none")]
    [InlineData("{\"a\":1}", "lax $[", "failed")]
    public void Strict_mode_fails_where_lax_mode_is_empty(string json, string path, string expected) =>
        Assert.Equal(
        expected,
        Run("JSON_VALUE", ["DEFAULT ON EMPTY", "DEFAULT ON ERROR"], json, path, "none", "failed"));

    [Fact]
    public void Error_on_empty_and_on_error_fail()
    {
        var error =
            Assert.Throws<MillraceException>(() => Run("JSON_VALUE", ["ERROR ON EMPTY"], "{}", "lax $.b"));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
        Assert.Contains("lax $.b", error.Message, StringComparison.Ordinal);
        Assert.Throws<MillraceException>(() => Run("JSON_VALUE", ["ERROR ON ERROR"], "{}", "$.b"));
        Assert.Equal("NULL", Run("JSON_VALUE", ["ERROR ON EMPTY"], "{}", "$.b"));
    }

    [Theory]
    [InlineData("INT", "{\"v\":-2147483648}", "-2147483648")]
    [InlineData("INTEGER", "{\"v\":42}", "42")]
    [InlineData("INT", "{}", "NULL")]
    [InlineData("DOUBLE", "{\"v\":1.5E3}", "1500")]
    [InlineData("DOUBLE", "{\"v\":0.75}", "0.75")]
    [InlineData("DOUBLE", "{\"v\":-0.0}", "0")]
    [InlineData("BOOLEAN", "{\"v\":true}", "true")]
    [InlineData("BOOLEAN", "{\"v\":null}", "NULL")]
    [InlineData("STRING", "{\"v\":false}", "false")]
    public void Returning_a_type(string type, string json, string expected) =>
        Assert.Equal(expected, Run("JSON_VALUE", [$"RETURNING {type}"], json, "lax $.v"));

    [Theory]
    [InlineData("INT", "\"abc\"")]
    [InlineData("INT", "\"5\"")]
    [InlineData("INT", "1.5")]
    [InlineData("INT", "3000000000")]
    [InlineData("INT", "true")]
    [InlineData("DOUBLE", "5")]
    [InlineData("BOOLEAN", "\"true\"")]
    public void A_value_of_another_type_fails_the_job(string type, string value)
    {
        var error = Assert.Throws<MillraceException>(
            () => Run("JSON_VALUE", [$"RETURNING {type}", "NULL ON ERROR"], $"{{\"v\":{value}}}", "$.v"));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
    }

    [Fact]
    public void Only_four_types_can_be_returned() => Assert.Throws<FunctionException>(
        () => Run("JSON_VALUE", ["RETURNING BIGINT"], "{}", "$.v"));

    [Fact]
    public void Typed_defaults()
    {
        string[] options = ["RETURNING INT", "DEFAULT ON EMPTY", "DEFAULT ON ERROR"];
        Assert.Equal("7", Run("JSON_VALUE", options, "{}", "lax $.v", 7, 8));
        Assert.Equal("8", Run("JSON_VALUE", options, "{\"v\":null}", "$.v", 7, 8));
        Assert.Equal("8", Run("JSON_VALUE", ["RETURNING INT", "DEFAULT ON ERROR"], "{}", "$.v", 8));
    }

    [Theory]
    [InlineData("{\"a\":{\"b\":0}}", "true", "true", "true", "true")]
    [InlineData("{\"a\":{\"b\":null}}", "false", "false", "true", "NULL")]
    [InlineData("{\"a\":[]}", "false", "false", "true", "NULL")]
    [InlineData("{", "false", "false", "true", "NULL")]
    public void Exists(string json, string plain, string laxTrue, string strictTrue, string strictUnknown)
    {
        Assert.Equal(plain, Run("JSON_EXISTS", json, "$.a.b"));
        Assert.Equal(laxTrue, Run("JSON_EXISTS", ["TRUE ON ERROR"], json, "lax $.a.b"));
        Assert.Equal(strictTrue, Run("JSON_EXISTS", ["TRUE ON ERROR"], json, "strict $.a.b"));
        Assert.Equal(strictUnknown, Run("JSON_EXISTS", ["UNKNOWN ON ERROR"], json, "strict $.a.b"));
    }

    [Fact]
    public void A_list_of_no_matches_exists()
    {
        Assert.Equal("true", Run("JSON_EXISTS", "{\"a\":false}", "$.a[*]"));
        Assert.Equal("false", Run("JSON_EXISTS", "{", "$.a[*]"));
        Assert.Equal("true", Run("JSON_EXISTS", "{\"other\":1}", "lax $.items[?(@.qty > 100)]"));
        Assert.Equal("false", Run("JSON_EXISTS", "{\"other\":1}", "strict $.items[?(@.qty > 100)]"));
    }

    [Theory]
    [InlineData("{\"v\":{\"b\":1,\"a\":{\"d\":2,\"c\":3}}}", "{\"a\":{\"c\":3,\"d\":2},\"b\":1}",
        "[{\"a\":{\"c\":3,\"d\":2},\"b\":1}]")]
    [InlineData("{\"v\":[ 1 , \"two\" , null ]}", "[1,\"two\",null]", "[1,\"two\",null]")]
    [InlineData("{\"v\":\"text\"}", "NULL", "[\"text\"]")]
    [InlineData("{\"v\":null}", "NULL", "NULL")]
    [InlineData("{\"v\":{}}", "{}", "[{}]")]
    [InlineData("{}", "NULL", "NULL")]
    [InlineData("{\"v\":[1.50,1E+3,-0.0,1e-10]}", "[1.50,1E+3,0.0,1E-10]", "[1.50,1E+3,0.0,1E-10]")]
    [InlineData("{\"v\":[\"a\\u0000\\u001f\\u007f\\u2028/\"]}", "[\"a\\u0000\\u001F\u007f\u2028/\"]",
        "[\"a\\u0000\\u001F\u007f\u2028/\"]")]
    public void Query_with_and_without_a_wrapper(string json, string bare, string conditional)
    {
        Assert.Equal(bare, Run("JSON_QUERY", json, "$.v"));
        Assert.Equal(bare, Run("JSON_QUERY", ["WITHOUT WRAPPER"], json, "lax $.v"));
        Assert.Equal(conditional, Run("JSON_QUERY", ["WITH CONDITIONAL WRAPPER"], json, "$.v"));
        string unconditional = bare == "NULL" ? conditional : $"[{bare}]";
        Assert.Equal(unconditional, Run("JSON_QUERY", ["WITH UNCONDITIONAL WRAPPER"], json, "$.v"));
    }

    [Fact]
    public void Query_on_empty_and_on_error()
    {
        string[] both = ["EMPTY ARRAY ON EMPTY", "EMPTY OBJECT ON ERROR"];
        Assert.Equal("{}", Run("JSON_QUERY", both, "{\"a\":1}", "$.b"));
        Assert.Equal("[]", Run("JSON_QUERY", both, "{\"a\":1}", "lax $.b"));
        Assert.Equal("[]", Run("JSON_QUERY", ["EMPTY ARRAY ON ERROR"], "{\"a\":1}", "$.a"));
        Assert.Equal("[]", Run("JSON_QUERY", both, "{\"a\":1}", "lax $.a"));
    }

    [Fact]
    public void Query_gives_an_array_of_texts()
    {
        string[] options = ["RETURNING ARRAY<STRING>"];
        Assert.Equal(
            "[1,x,NULL,{\"b\":2}]", Run("JSON_QUERY", options, "{\"a\":[1,\"x\",null,{\"b\":2}]}", "$.a"));
        Assert.Equal("NULL", Run("JSON_QUERY", options, "{\"a\":{}}", "$.a"));
    }

    [Theory]
    [InlineData("{\"a\":1}", "VALUE OBJECT")]
    [InlineData("[1,2]", "VALUE ARRAY")]
    [InlineData("1", "VALUE SCALAR")]
    [InlineData("\"s\"", "VALUE SCALAR")]
    [InlineData("null", "VALUE SCALAR")]
    [InlineData(" {} ", "VALUE OBJECT")]
    [InlineData("{\"a\":1} {\"b\":2}", "VALUE OBJECT")]
    [InlineData("s", "")]
    [InlineData("", "")]
    [InlineData("{\"a\":1,}", "")]
    [InlineData("{'a':1}", "")]
    [InlineData("01", "")]
    [InlineData("[1", "")]
    [InlineData(null, "")]
    public void Is_json(string? text, string kinds)
    {
        foreach (string kind in new[] { "VALUE", "OBJECT", "ARRAY", "SCALAR" })
        {
            bool expected = kinds.Split(' ').Contains(kind);
            Assert.Equal(expected ? "true" : "false", Run("IS JSON", [kind], text));
            Assert.Equal(expected ? "false" : "true", Run("IS NOT JSON", [kind], text));
        }
    }

    [Fact]
    public void Printing_values()
    {
        Assert.Equal("1.0", Run("JSON_STRING", 1.0));
        Assert.Equal("-1.5E+20", Run("JSON_STRING", -1.5e20));
        Assert.Equal("12.50", Run("JSON_STRING", ((Int128)1250, LogicalType.Decimal(10, 2))));
        Assert.Equal("\"a\\\"b\\\\c\\n李\"", Run("JSON_STRING", "a\"b\\c\n李"));
        Assert.Equal(
            "\"2024-01-01T00:00:00\"", Run("JSON_STRING", (1704067200000L, LogicalType.Timestamp(3))));
        Assert.Equal(
            "\"2024-01-01T00:00:00.5Z\"", Run("JSON_STRING", (1704067200500L, LogicalType.TimestampLtz(3))));
        Assert.Equal("\"1969-12-31T23:59:59.999\"", Run("JSON_STRING", (-1L, LogicalType.Timestamp(3))));
        Assert.Equal("[3,null,1]", Run("JSON_STRING", (object)new int?[] { 3, null, 1 }));
        Assert.Equal("{\"a\":null,\"z\":1}",
            Run("JSON_STRING", new Dictionary<string, int?> { ["z"] = 1, ["a"] = null }));
        Assert.Equal("\"VGVzdA==\"", Run("JSON_STRING", "Test"u8.ToArray()));
        LogicalType row =
            LogicalType.Row(new Field("q", LogicalType.String), new Field("n", LogicalType.Int));
        Assert.Equal("{\"n\":1,\"q\":\"x\"}", Run("JSON_STRING", (new object?[] { "x", 1 }, row)));
        Assert.Throws<FunctionException>(() => Run("JSON_STRING", (1, LogicalType.Date)));
    }

    [Fact]
    public void Constructing_arrays()
    {
        Assert.Equal("[2,\"Z\"]", Run("JSON_ARRAY", 2, null, "Z"));
        Assert.Equal("[2,null,\"Z\"]", Run("JSON_ARRAY", ["NULL ON NULL"], 2, null, "Z"));
        Assert.Equal("STRING NOT NULL", TypeOf("JSON_ARRAY", 1).ToString());
    }

    [Fact]
    public void Constructing_objects()
    {
        Assert.Equal("{\"Paid\":1,\"qty\":null}",
            Object([], Name("qty"), Null, Name("Paid"), Name("1", LogicalType.Int)));
        Assert.Equal("{}", Object(["ABSENT ON NULL"], Name("qty"), Null));
        Assert.Equal("{\"a\":2}", Object([], Name("a"), Name("x"), Name("a"), Name("2", LogicalType.Int)));
        Expr inner = FunctionCatalog.Bind("JSON_ARRAY", [Name("v"), Null], ["NULL ON NULL"]);
        Expr text = FunctionCatalog.Bind("JSON_STRING", [Name("v")]);
        Assert.Equal(
            "{\"a\":[\"v\",null],\"s\":\"\\\"v\\\"\"}", Object([], Name("s"), text, Name("a"), inner));
        Assert.Throws<FunctionException>(() => Object([], text, inner));
    }

    private static Literal Null => new(null, LogicalType.String);

    private static Literal Name(string text, LogicalType? type = null) =>
        new(text, type ?? LogicalType.Char(text.Length).NotNull());

    private static string Object(string[] options, params Expr[] arguments)
    {
        Expr call = FunctionCatalog.Bind("JSON_OBJECT", [.. arguments], [.. options]);
        var evaluator = Evaluator.Compile(call, new EvaluationContext(TimeProvider.System));
        return ((BytesColumn)evaluator.Evaluate(new ColumnBatch([], 1))).Text(0);
    }

    [Theory]
    [InlineData("tab\there\\", "\"tab\\there\\\\\"")]
    [InlineData("中文é", "\"\\u4e2d\\u6587\\u00e9\"")]
    [InlineData("a/b\\c\"d", "\"a\\/b\\\\c\\\"d\"")]
    [InlineData("😀", "\"\\u1f600\\ude00\"")]
    public void Quoting(string text, string quoted) => Assert.Equal(quoted, Run("JSON_QUOTE", text));

    [Theory]
    [InlineData("\"tab\\there\\u4e2d\"", "tab\there中")]
    [InlineData("not quoted", "not quoted")]
    [InlineData("\"broken", "\"broken")]
    [InlineData("[1,2]", "[1,2]")]
    [InlineData("\"a\\q\"", "\"a\\q\"")]
    [InlineData("\"a\"b\"", "a\"b")]
    [InlineData("  \"a\"", "  \"a\"")]
    [InlineData("\"\\u00zz\"", "\"\\u00zz\"")]
    [InlineData("\"", "\"")]
    [InlineData("\"a\"\\\"", "a\"\\")]
    public void Unquoting(string text, string plain) => Assert.Equal(plain, Run("JSON_UNQUOTE", text));
}
