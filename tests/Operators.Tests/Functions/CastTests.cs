using Millrace.Operators.Functions;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Xunit;
using static Millrace.Operators.Tests.Functions.Scalar;

namespace Millrace.Operators.Tests.Functions;

/// <summary>The expectations are what Apache Flink 2.3 gives.</summary>
public class CastTests
{
    [Theory]
    [InlineData(" 42 ", "TINYINT", "42")]
    [InlineData("+7", "INT", "7")]
    [InlineData("12.9", "BIGINT", "12")]
    [InlineData("-.5", "INT", "0")]
    [InlineData("1e3", "INT", "NULL")]
    [InlineData("", "INT", "NULL")]
    [InlineData("128", "TINYINT", "NULL")]
    [InlineData("-128", "TINYINT", "-128")]
    [InlineData("-2147483648", "INT", "-2147483648")]
    [InlineData("2147483648", "INT", "NULL")]
    [InlineData("9223372036854775807", "BIGINT", "9223372036854775807")]
    [InlineData("-9223372036854775808", "BIGINT", "-9223372036854775808")]
    [InlineData("9223372036854775808", "BIGINT", "NULL")]
    [InlineData("\t5", "INT", "NULL")]
    [InlineData("1.2.3", "INT", "NULL")]
    [InlineData(" -2e3 ", "DOUBLE", "-2000.0")]
    [InlineData("1e400", "DOUBLE", "Infinity")]
    [InlineData("NaN", "DOUBLE", "NaN")]
    [InlineData("nan", "DOUBLE", "NULL")]
    [InlineData("inf", "DOUBLE", "NULL")]
    [InlineData("-0", "DOUBLE", "-0.0")]
    [InlineData("1e40", "FLOAT", "Infinity")]
    [InlineData("1,5", "DOUBLE", "NULL")]
    [InlineData("123.456", "DECIMAL(5,2)", "123.46")]
    [InlineData("-0.005", "DECIMAL(5,2)", "-0.01")]
    [InlineData("1e3", "DECIMAL(5,2)", "NULL")]
    [InlineData("\t-.5\n", "DECIMAL(3,0)", "-1")]
    [InlineData("1e-400", "DECIMAL(3,1)", "0.0")]
    [InlineData("12abc", "DECIMAL(25,4)", "NULL")]
    [InlineData(
        "99999999999999999999999999999999999999", "DECIMAL(38,0)", "99999999999999999999999999999999999999")]
    [InlineData("20005000009009.1", "DECIMAL(38,25)", "NULL")]
    [InlineData("9999999999999.1", "DECIMAL(38,25)", "9999999999999.1000000000000000000000000")]
    [InlineData("YeS", "BOOLEAN", "TRUE")]
    [InlineData("0", "BOOLEAN", "FALSE")]
    [InlineData("on", "BOOLEAN", "NULL")]
    [InlineData("2024-2-3", "DATE", "2024-02-03")]
    [InlineData("2024", "DATE", "2024-01-01")]
    [InlineData(" 2024-02-03", "DATE", "2024-02-03")]
    [InlineData("2023-02-29", "DATE", "NULL")]
    [InlineData("2024-02-29 23:59:59", "DATE", "2024-02-29")]
    [InlineData("2024-02-29T01:00:00", "DATE", "NULL")]
    [InlineData("7", "TIME", "07:00:00")]
    [InlineData("1:2:3", "TIME", "01:02:03")]
    [InlineData("23:59:59.999", "TIME", "23:59:59")]
    [InlineData("", "TIME", "NULL")]
    [InlineData("12:30:00+01:00", "TIME", "13:30:00")]
    [InlineData("24:00:00", "TIME", "NULL")]
    [InlineData("2024-01-01 10:11:12.", "TIMESTAMP(3)", "2024-01-01 10:11:12.000")]
    [InlineData("2024-02-30 10:00:00", "TIMESTAMP(3)", "2024-02-29 10:00:00.000")]
    [InlineData("2024-12-31 24:00:00", "TIMESTAMP(3)", "2025-01-01 00:00:00.000")]
    [InlineData("2024-12-31 23:59:60", "TIMESTAMP(3)", "NULL")]
    [InlineData("2024-12-31 23:59:59.9999", "TIMESTAMP(3)", "2024-12-31 23:59:59.999")]
    [InlineData("0099-03-04 05:06:07.05", "TIMESTAMP(6)", "0099-03-04 05:06:07.050000")]
    [InlineData("日本😀xyz", "VARCHAR(3)", "日本😀")]
    [InlineData("é😀", "CHAR(4)", "é😀  ")]
    public void Try_cast_of_text(string text, string type, string expected) =>
        Assert.Equal(expected, Cast(text, Type(type), isTry: true));

    [Theory]
    [InlineData("999.995", "DECIMAL(10,3)", "DECIMAL(5,2)", "NULL")]
    [InlineData("-0.005", "DECIMAL(10,3)", "DECIMAL(5,2)", "-0.01")]
    [InlineData("2.675", "DOUBLE", "DECIMAL(5,2)", "2.68")]
    [InlineData("5e-05", "DOUBLE", "DECIMAL(10,4)", "0.0001")]
    [InlineData("1000", "INT", "DECIMAL(5,2)", "NULL")]
    [InlineData("16777217", "BIGINT", "FLOAT", "1.6777216E7")]
    [InlineData("9007199254740993", "BIGINT", "DOUBLE", "9.007199254740992E15")]
    [InlineData("1e40", "DOUBLE", "FLOAT", "Infinity")]
    [InlineData("123456789", "INT", "FLOAT", "1.23456792E8")]
    [InlineData("0.1", "FLOAT", "DOUBLE", "0.10000000149011612")]
    [InlineData("12345678901234567890.0000000000", "DECIMAL(30,10)", "DOUBLE", "1.2345678901234567E19")]
    [InlineData("NaN", "DOUBLE", "INT", "0")]
    [InlineData("1e20", "DOUBLE", "BIGINT", "9223372036854775807")]
    [InlineData("300", "INT", "TINYINT", "44")]
    [InlineData("-1.9", "DECIMAL(5,2)", "INT", "-1")]
    [InlineData("true", "BOOLEAN", "INT", "1")]
    [InlineData("0", "INT", "BOOLEAN", "FALSE")]
    [InlineData("1969-12-31 23:59:59.999", "TIMESTAMP(3)", "DATE", "1970-01-01")]
    [InlineData("1969-12-31 23:59:59.999", "TIMESTAMP(3)", "TIME", "00:00:00")]
    [InlineData("1900-01-01 06:30:00", "TIMESTAMP(3)", "TIME", "06:30:00")]
    [InlineData("2024-12-31 23:59:59.999999", "TIMESTAMP(6)", "TIMESTAMP(0)", "2024-12-31 23:59:59")]
    [InlineData("2024-02-29", "DATE", "TIMESTAMP(6)", "2024-02-29 00:00:00.000000")]
    public void Cast_between_types(string text, string source, string target, string expected) =>
        Assert.Equal(expected, Value(FunctionCatalog.Cast(Of(text, Type(source)), Type(target))));

    [Theory]
    [InlineData("1e7", "1.0E7")]
    [InlineData("9999999", "9999999.0")]
    [InlineData("0.001", "0.001")]
    [InlineData("0.00099", "9.9E-4")]
    [InlineData("123456.789", "123456.789")]
    [InlineData("100", "100.0")]
    [InlineData("1152921504606846976", "1.15292150460684698E18")]
    [InlineData("9007199254740993", "9.007199254740992E15")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157E308")]
    [InlineData("-12.5", "-12.5")]
    public void A_double_prints_as_in_java(string text, string expected) =>
        Assert.Equal(expected, Value(Of(text, LogicalType.Double)));

    [Fact]
    public void A_cast_of_bad_text_fails_with_the_value()
    {
        var failure = Assert.Throws<MillraceException>(() => Cast("forty", LogicalType.Int));
        Assert.Equal(ErrorKind.Invalid, failure.Kind);
        Assert.Contains("'forty'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_timestamp_is_no_number()
    {
        var refusal = Assert.Throws<FunctionException>(
            () => FunctionCatalog.Cast(Timestamp("2024-01-01 00:00:00"), LogicalType.BigInt));
        Assert.Contains("UNIX_TIMESTAMP", refusal.Message, StringComparison.Ordinal);
        Assert.False(refusal.IsUnsupported);
    }

    [Theory]
    [InlineData("2024-03-10 02:30:00", "2024-03-10 03:30:00.000")]
    [InlineData("2024-11-03 01:30:00", "2024-11-03 01:30:00.000")]
    [InlineData("2024-07-15 12:00:00.5", "2024-07-15 12:00:00.500")]
    public void Text_is_an_instant_in_the_session_zone(string text, string expected) =>
        Assert.Equal(expected,
            Value(FunctionCatalog.Cast(Text(text), LogicalType.TimestampLtz(3)), "America/New_York"));

    [Theory]
    [InlineData(14, "+1-02")]
    [InlineData(-5, "-0-05")]
    public void Months_print_with_a_sign(int months, string expected) =>
        Assert.Equal(expected, Value(Of($"{months}", LogicalType.IntervalYearMonth)));

    [Theory]
    [InlineData(93_784_500, "+1 02:03:04.500")]
    [InlineData(-129_600_000, "-1 12:00:00.000")]
    public void Days_print_with_a_sign(long ms, string expected) =>
        Assert.Equal(expected, Value(Of($"{ms}", LogicalType.IntervalDayTime)));
}
