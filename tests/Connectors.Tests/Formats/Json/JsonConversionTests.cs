using System.Collections.Immutable;
using System.Text;
using Millrace.Connectors.Formats;
using Millrace.Connectors.Formats.Json;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Formats.Json;

/// <summary>
/// What values become in columns; every line was answered by Apache Flink 2.3.0 ("fails": the job fails).
/// </summary>
public sealed class JsonConversionTests
{
    private static readonly Dictionary<string, LogicalType> Types = new()
    {
        ["INT"] = LogicalType.Int, ["BIGINT"] = LogicalType.BigInt, ["TINYINT"] = LogicalType.TinyInt,
        ["SMALLINT"] = LogicalType.SmallInt, ["DOUBLE"] = LogicalType.Double, ["FLOAT"] = LogicalType.Float,
        ["BOOLEAN"] = LogicalType.Boolean, ["DECIMAL(5,2)"] = LogicalType.Decimal(5, 2), ["STRING"] =
            LogicalType.String,
        ["DATE"] = LogicalType.Date, ["TIME"] = LogicalType.Time(0), ["TIMESTAMP(3)"] =
            LogicalType.Timestamp(3),
        ["TIMESTAMP_LTZ(3)"] = LogicalType.TimestampLtz(3), ["BYTES"] = LogicalType.Bytes,
        ["ARRAY<INT>"] = LogicalType.Array(LogicalType.Int), ["MAP<STRING,INT>"] =
            LogicalType.Map(LogicalType.String, LogicalType.Int),
        ["ROW<a INT, b STRING>"] = LogicalType.Row(new("a", LogicalType.Int), new("b", LogicalType.String)),
        ["VARCHAR(3)"] = LogicalType.VarChar(3), ["CHAR(3)"] = LogicalType.Char(3),
    };

    [Theory]
    [InlineData("INT", "\"42\"", "42")]
    [InlineData("INT", "1.9", "1")]
    [InlineData("INT", "-1.9", "-1")]
    [InlineData("INT", "3000000000", "fails")]
    [InlineData("INT", "\"\"", "fails")]
    [InlineData("INT", "true", "fails")]
    [InlineData("INT", "\" 7 \"", "7")]
    [InlineData("INT", "[1]", "fails")]
    [InlineData("INT", "1e3", "1000")]
    [InlineData("INT", "1e300", "fails")]
    [InlineData("BIGINT", "1.9", "1")]
    [InlineData("BIGINT", "\"1.9\"", "fails")]
    [InlineData("BIGINT", "9223372036854775807", "9223372036854775807")]
    [InlineData("BIGINT", "9223372036854775808", "fails")]
    [InlineData("BIGINT", "\"+5\"", "5")]
    [InlineData("TINYINT", "200", "fails")]
    [InlineData("TINYINT", "1.5", "fails")]
    [InlineData("SMALLINT", "40000", "fails")]
    [InlineData("DOUBLE", "\"NaN\"", "NaN")]
    [InlineData("DOUBLE", "\"abc\"", "fails")]
    [InlineData("DOUBLE", "12345678901234567890", "1.2345678901234567E+19")]
    [InlineData("DOUBLE", "\"1d\"", "1")]
    [InlineData("DOUBLE", "true", "fails")]
    [InlineData("FLOAT", "1e300", "Infinity")]
    [InlineData("BOOLEAN", "1", "false")]
    [InlineData("BOOLEAN", "\"TRUE\"", "true")]
    [InlineData("BOOLEAN", "\"x\"", "false")]
    [InlineData("BOOLEAN", "{}", "false")]
    [InlineData("DECIMAL(5,2)", "1.005", "101")]
    [InlineData("DECIMAL(5,2)", "12345.6", "NULL")]
    [InlineData("DECIMAL(5,2)", "\"1.2 \"", "120")]
    [InlineData("DECIMAL(5,2)", "1e2", "10000")]
    [InlineData("DECIMAL(5,2)", "\"x\"", "fails")]
    [InlineData("DECIMAL(5,2)", "-2.345", "-235")]
    [InlineData("DECIMAL(5,2)", "true", "fails")]
    [InlineData("STRING", "1.50", "1.50")]
    [InlineData("STRING", "1e2", "1e2")]
    [InlineData("STRING", "{\"b\": 1.50, \"a\": [1, \"x\\u00e9\\/\"]}", "{\"b\":1.5,\"a\":[1,\"xé/\"]}")]
    [InlineData("STRING", "[1e2, null , true]", "[100.0,null,true]")]
    [InlineData("STRING", "{\"a\":1,\"a\":2}", "{\"a\":2}")]
    [InlineData("STRING", "true", "true")]
    [InlineData("STRING", "\"\\ud83d\"", "?")]
    [InlineData("DATE", "\"2024-01-01\"", "19723")]
    [InlineData("DATE", "\"2024-1-1\"", "fails")]
    [InlineData("DATE", "\"2024-02-30\"", "fails")]
    [InlineData("TIME", "\"10:00\"", "fails")]
    [InlineData("TIME", "\"10:00:00.5\"", "36000500")]
    [InlineData("TIMESTAMP(3)", "\"2024-01-01 10:00:00.123456\"", "1704103200123")]
    [InlineData("TIMESTAMP(3)", "\"2024-01-01T10:00:00\"", "fails")]
    [InlineData("TIMESTAMP(3)", "1704103200000", "fails")]
    [InlineData("TIMESTAMP(3)", "\"2024-01-01 10:00\"", "fails")]
    [InlineData("TIMESTAMP_LTZ(3)", "\"2024-01-01 10:00:00Z\"", "1704103200000")]
    [InlineData("TIMESTAMP_LTZ(3)", "\"2024-01-01 10:00:00\"", "fails")]
    [InlineData("BYTES", "\"QUI=\"", "AB")]
    [InlineData("BYTES", "\"QUI\"", "fails")]
    [InlineData("BYTES", "\"%%\"", "fails")]
    [InlineData("BYTES", "5", "fails")]
    [InlineData("ARRAY<INT>", "[1,null,\"3\"]", "[1, NULL, 3]")]
    [InlineData("ARRAY<INT>", "{\"a\":1}", "fails")]
    [InlineData("ARRAY<INT>", "\"x\"", "fails")]
    [InlineData("MAP<STRING,INT>", "{\"a\":1,\"b\":null,\"a\":3}", "[a:3, b:NULL]")]
    [InlineData("ROW<a INT, b STRING>", "{\"b\":\"x\",\"c\":1}", "(NULL, x)")]
    [InlineData("ROW<a INT, b STRING>", "5", "fails")]
    [InlineData("VARCHAR(3)", "\"abcdef\"", "abcdef")]
    [InlineData("CHAR(3)", "\"a\"", "a")]
    public void A_value_becomes_what_Flink_makes_of_it(string type, string json, string expected)
    {
        Assert.Equal(expected, Converted(Types[type], json));
        // The second of two lines alike goes by the fast path.
        if (expected != "fails") Assert.Equal(expected, Converted(Types[type], json, lines: 3));
        Assert.Equal(expected == "fails" ? "NULL"
            : expected, Converted(Types[type], json, 1, ("json.ignore-parse-errors", "true")));
        Assert.Equal("NULL", Converted(Types[type], "null"));
    }

    [Fact]
    public void A_missing_field_is_null_or_an_error_by_the_options()
    {
        Assert.Equal("NULL", Decode(LogicalType.Int, "{\"x\":1}\n"));
        Assert.Equal("the field 'v' is missing",
            Failure(LogicalType.Int, "{\"x\":1}\n", ("json.fail-on-missing-field", "true")));
        Assert.Equal(
            "NULL", Decode(LogicalType.Int, "{\"v\":null}\n", ("json.fail-on-missing-field", "true")));
    }

    [Fact]
    public void Iso_times_have_a_T()
    {
        Assert.Equal("1704103200000", Converted(
            LogicalType.Timestamp(3), "\"2024-01-01T10:00:00\"", 1,
                ("json.timestamp-format.standard", "ISO-8601")));
        Assert.Equal("fails", Converted(
            LogicalType.Timestamp(3), "\"2024-01-01 10:00:00\"", 1,
                ("json.timestamp-format.standard", "ISO-8601")));
    }

    [Theory]
    [InlineData("{\"v\":1} and more", "1")]
    [InlineData("\uFEFF{\"v\":1}", "1")]
    [InlineData("{\"v\":\"a\tb\"}", "a\tb")]
    public void What_Jackson_lets_pass_passes(string line, string expected) =>
        Assert.Equal(expected, Decode(LogicalType.String, line + "\n"));

    [Theory]
    [InlineData("x", "the line is no JSON object")]
    [InlineData("[1]", "the line is no JSON object")]
    [InlineData("{\"v\":1", "the line is not valid JSON: the text ends inside an object or array")]
    [InlineData("{\"v\":01}", "the line is not valid JSON: a number must not begin with 0")]
    [InlineData("{\"v\":\"\\x\"}", "the line is not valid JSON: no escape begins so")]
    [InlineData("{\"v\":\"a}", "the line is not valid JSON: the string does not end")]
    [InlineData("{v:1}", "the line is not valid JSON: a member's name in quotes should be here")]
    [InlineData("{\"v\":1,}", "the line is not valid JSON: a member's name in quotes should be here")]
    [InlineData("{\"v\":\"x\"}", "the field 'v' is not a whole number from -2147483648 to 2147483647")]
    public void A_bad_line_says_why(string line, string reason) =>
        Assert.Equal(reason, Failure(LogicalType.Int, line + "\n"));

    [Fact]
    public void Invalid_utf8_is_refused_in_fields_that_nobody_reads_too()
    {
        byte[] line = Encoding.Latin1.GetBytes("{\"x\":\"\xff\",\"v\":1}\n");
        Assert.Equal(
            "the line is not valid JSON: the string is not valid UTF-8", FailureOf(LogicalType.Int, line));
    }

    [Fact]
    public void Nesting_beyond_a_thousand_is_refused()
    {
        Assert.Equal("1",
            Decode(LogicalType.Int, $"{{\"x\":{new string('[', 990)}{new string(']', 990)},\"v\":1}}\n"));
        Assert.Contains("nesting", Failure(LogicalType.Int,
            $"{{\"x\":{new string('[', 1500)}{new string(']', 1500)}}}\n"), StringComparison.Ordinal);
    }

    private static string Converted(
        LogicalType type, string json, int lines = 1, params (string, string)[] options)
    {
        string all = string.Concat(Enumerable.Repeat($"{{\"v\":{json}}}\n", lines));
        try
        {
            return Decode(type, all, options);
        }
        catch (BadLineException)
        {
            return "fails";
        }
    }

    private static string Failure(LogicalType type, string lines, params (string, string)[] options) =>
        FailureOf(type, Encoding.UTF8.GetBytes(lines), options);

    private static string FailureOf(LogicalType type, byte[] lines, params (string, string)[] options) =>
        Assert.Throws<BadLineException>(() => DecodeBytes(type, lines, options)).Message;

    private static string Decode(LogicalType type, string lines, params (string, string)[] options) =>
        DecodeBytes(type, Encoding.UTF8.GetBytes(lines), options);

    /// <summary>The value in the last row.</summary>
    private static string DecodeBytes(
        LogicalType type, byte[] lines, params (string Key, string Value)[] options)
    {
        var table = new TableSpec("t", Schema.Of(new Field("v", type)), [], [],
            options.ToImmutableSortedDictionary(o => o.Key, o => o.Value));
        var scan = new ScanSpec([new PhysicalScanColumn(0, "v", type)], []);
        LineDecoder decoder = new JsonFormat().CreateDecoder(table, scan);
        byte[] buffer = [.. lines, .. new byte[LineDecoder.SlackBytes]];
        decoder.Decode(buffer, 0, lines.Length, 100);
        int rows = decoder.RowCount;
        return RowText.Of(decoder.Build()[0]!, rows - 1);
    }
}
