using Millrace.Operators.Functions;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Xunit;
using static Millrace.Operators.Tests.Functions.Scalar;

namespace Millrace.Operators.Tests.Functions;

/// <summary>The expectations are what Apache Flink 2.3 gives.</summary>
public class TemporalTests
{
    [Theory]
    [InlineData("YEAR", "1969-12-31 23:59:59.999", "1970")]
    [InlineData("HOUR", "1900-03-01 12:34:56.789", "-11")]
    [InlineData("SECOND", "1900-03-01 12:34:56.789", "-3")]
    [InlineData("EPOCH", "1900-03-01 12:34:56.789", "-2203845903")]
    [InlineData("DOW", "1900-03-01 12:34:56.789", "6")]
    [InlineData("CENTURY", "2000-12-31 23:59:59.987", "20")]
    [InlineData("MILLENNIUM", "2001-01-01 00:00:00", "3")]
    [InlineData("DECADE", "1999-06-30 12:34:56", "199")]
    [InlineData("MILLISECOND", "2000-12-31 23:59:59.987", "987")]
    [InlineData("WEEK", "2021-01-03 00:00:00", "53")]
    [InlineData("ISOYEAR", "2018-12-31 00:00:00", "2019")]
    [InlineData("ISODOW", "2021-01-03 00:00:00", "7")]
    [InlineData("DOY", "2024-12-31 00:00:00", "366")]
    public void Extract(string unit, string time, string expected) =>
        Assert.Equal(expected, Value(Call("EXTRACT", Symbol(unit), Timestamp(time))));

    [Theory]
    [InlineData("FLOOR", "WEEK", "2024-05-15 13:47:29.678", "2024-05-12 00:00:00.000")]
    [InlineData("FLOOR", "MONTH", "1969-12-31 23:59:59.999", "1970-01-01 00:00:00.000")]
    [InlineData("FLOOR", "DAY", "1969-12-31 23:59:59.999", "1969-12-31 00:00:00.000")]
    [InlineData("FLOOR", "CENTURY", "2000-02-29 12:00:00", "1901-01-01 00:00:00.000")]
    [InlineData("CEIL", "MONTH", "2024-04-01 00:00:00.001", "2024-04-01 00:00:00.000")]
    [InlineData("CEIL", "QUARTER", "2024-04-01 00:00:00.001", "2024-07-01 00:00:00.000")]
    [InlineData("CEIL", "QUARTER", "2001-01-01 00:00:00", "2001-01-01 00:00:00.000")]
    [InlineData("CEIL", "DECADE", "2001-01-01 00:00:00", "2010-01-01 00:00:00.000")]
    [InlineData("CEIL", "CENTURY", "2001-01-01 00:00:00", "2101-01-01 00:00:00.000")]
    [InlineData("CEIL", "MINUTE", "2024-05-15 13:47:29.678", "2024-05-15 13:48:00.000")]
    public void Round_to_a_unit(string function, string unit, string time, string expected) =>
        Assert.Equal(expected, Value(Call(function, Timestamp(time), Symbol(unit))));

    [Theory]
    [InlineData("2024-03-10 06:30:00", "2024-03-11 01:00:00.000")]
    [InlineData("2024-03-10 18:30:00", "2024-03-11 00:00:00.000")]
    [InlineData("2024-11-03 05:30:00", "2024-11-03 23:00:00.000")]
    public void An_instant_rounds_with_its_own_offset(string utc, string expected) =>
        Assert.Equal(expected, Value(Call("CEIL", Ltz(utc), Symbol("DAY")), "America/New_York"));

    [Theory]
    [InlineData("MONTH", "2024-01-31 00:00:00", "2024-02-29 00:00:00", "1")]
    [InlineData("MONTH", "2024-01-31 12:00:00", "2024-02-29 11:59:59.999", "0")]
    [InlineData("MONTH", "2024-02-29 11:59:59.999", "2024-01-31 12:00:00", "-1")]
    [InlineData("QUARTER", "2020-02-29 00:00:00", "2021-02-28 00:00:00", "4")]
    [InlineData("DAY", "2024-01-02 00:00:00", "2024-01-01 00:00:01", "0")]
    [InlineData("WEEK", "2024-01-01 00:00:00", "2024-01-15 00:00:00", "2")]
    public void Difference(string unit, string from, string to, string expected) =>
        Assert.Equal(expected, Value(Call("TIMESTAMPDIFF", Symbol(unit), Timestamp(from), Timestamp(to))));

    [Theory]
    [InlineData("MONTH", 1, "2024-01-31 23:59:59.500", "2024-02-29 23:59:59.500")]
    [InlineData("QUARTER", -1, "2024-02-29 00:00:00", "2023-11-29 00:00:00.000")]
    [InlineData("SECOND", 13, "2023-11-30 12:00:00.001", "2023-11-30 12:00:13.001")]
    public void Add(string unit, int count, string time, string expected) =>
        Assert.Equal(expected, Value(Call("TIMESTAMPADD", Symbol(unit), Int(count), Timestamp(time))));

    [Fact]
    public void Hours_make_a_date_a_timestamp()
    {
        Expr sum = Call("TIMESTAMPADD", Symbol("HOUR"), Int(-1), Of("2024-01-31", LogicalType.Date));
        Assert.Equal("2024-01-30 23:00:00.000000", Value(sum));
    }

    [Theory]
    [InlineData("yyyy-MM-dd HH:mm:ss", "2024-12-31 00:00:00")]
    [InlineData("yyyyMMddHHmmssSSS", "20241231000000050")]
    [InlineData("yy/M/d H:m:s", "24/12/31 0:0:0")]
    [InlineData("yyyy-MM-dd''HH.SSSSSS", "2024-12-31'00.050000")]
    [InlineData("kk:mm hh a", "24:00 12 AM")]
    [InlineData("DDD Q MMM EEEE", "366 4 Dec Tuesday")]
    [InlineData("'T'dd", "T31")]
    public void Date_format(string pattern, string expected) =>
        Assert.Equal(
            expected, Value(Call("DATE_FORMAT", Timestamp("2024-12-31 00:00:00.050"), Text(pattern))));

    [Theory]
    [InlineData("2024-12-31 24:00:00", "2025/01/01 00")]
    [InlineData("2024-13-01 00:00:00", "2025/01/01 00")]
    [InlineData("2024-03-01", "NULL")]
    public void Date_format_of_text_is_lenient(string text, string expected) =>
        Assert.Equal(expected, Value(Call("DATE_FORMAT", Text(text), Text("yyyy/MM/dd HH"))));

    [Theory]
    [InlineData("20240229", "2024-02-29")]
    [InlineData("20230229", "2023-03-01")]
    [InlineData("20240131 and more", "2024-01-31")]
    [InlineData("20240100", "2023-12-31")]
    public void To_date_rolls_over(string text, string expected) =>
        Assert.Equal(expected, Value(Call("TO_DATE", Text(text), Text("yyyyMMdd"))));

    [Theory]
    [InlineData("202401050607", "yyyyMMddHHmm", "2024-01-05 06:07:00.000")]
    [InlineData("2024-1-5 3:4:5", "yyyyMMddHHmm", "2024-01-05 03:04:05.000")]
    [InlineData("2024-1-5", "yyyyMMddHHmm", "2024-01-05 00:00:00.000")]
    [InlineData("202402300000", "yyyyMMddHHmm", "2024-02-29 00:00:00.000")]
    [InlineData("202401052400", "yyyyMMddHHmm", "2024-01-06 00:00:00.000")]
    [InlineData("20240105", "yyyyMMddHHmm", "NULL")]
    [InlineData("24:00:00", "HH:mm:ss", "1970-01-01 00:00:00.000")]
    [InlineData("6:07:08", "HH:mm:ss", "NULL")]
    [InlineData("05/01/2024 01:02:03", "dd/MM/yyyy HH:mm:ss", "2024-01-05 01:02:03.000")]
    [InlineData("20240105010203456", "yyyyMMddHHmmssSSS", "2024-01-05 01:02:03.456")]
    public void To_timestamp(string text, string pattern, string expected) =>
        Assert.Equal(expected, Value(Call("TO_TIMESTAMP", Text(text), Text(pattern))));

    [Theory]
    [InlineData("2024-03-10 02:30:00", "1710055800")]
    [InlineData("2024-11-03 01:30:00", "1730615400")]
    [InlineData("last summer", "-9223372036854775808")]
    public void Unix_timestamp_reads_the_session_zone(string text, string expected) =>
        Assert.Equal(expected, Value(Call("UNIX_TIMESTAMP", Text(text)), "America/New_York"));

    [Theory]
    [InlineData("-1.5", "DOUBLE", "0", "1969-12-31 23:59:58.500")]
    [InlineData("-1.5", "DOUBLE", "3", "1969-12-31 23:59:59.998")]
    [InlineData("-1.999", "DECIMAL(20,3)", "0", "1969-12-31 23:59:59.000")]
    [InlineData("253402300800", "BIGINT", "0", "NULL")]
    [InlineData("1704067199999", "BIGINT", "3", "2023-12-31 23:59:59.999")]
    public void To_timestamp_ltz(string number, string type, string precision, string expected) =>
        Assert.Equal(
        expected,
        Value(Call("TO_TIMESTAMP_LTZ", Of(number, Type(type)), Of(precision, LogicalType.Int))));

    [Fact]
    public void The_clock_is_that_of_the_context_in_the_session_zone()
    {
        Assert.Equal("2024-03-10 01:59:59.500", Value(Call("CURRENT_TIMESTAMP"), "America/New_York"));
        Assert.Equal("2024-03-10 01:59:59.500", Value(Call("LOCALTIMESTAMP"), "America/New_York"));
        Assert.Equal("2024-03-10", Value(Call("CURRENT_DATE"), "Asia/Shanghai"));
        Assert.Equal("14:59:59", Value(Call("LOCALTIME"), "Asia/Shanghai"));
        Assert.Equal("1710053999", Value(Call("UNIX_TIMESTAMP")));
        Assert.Equal("TIMESTAMP_LTZ(3) NOT NULL *PROCTIME*", Call("PROCTIME").Type.ToString());
    }

    [Fact]
    public void Convert_tz() => Assert.Equal(
        "1969-12-31 16:00:00",
        Value(Call("CONVERT_TZ", Text("1970-01-01 00:00:00"), Text("UTC"), Text("America/Los_Angeles"))));

    [Fact]
    public void An_interval_moves_a_time()
    {
        Expr hour = Of("3600000", LogicalType.IntervalDayTime);
        Assert.Equal("2024-02-28", Value(Call("-", Of("2024-02-28", LogicalType.Date), hour)));
        Assert.Equal("00:30:00", Value(Call("+", Of("23:30:00", LogicalType.Time(0)), hour)));
        Assert.Equal("2024-03-10 13:00:00.000",
            Value(Call("+", Ltz("2024-03-09 17:00:00"), Days(1)), "America/New_York"));
        Assert.Equal("DATE NOT NULL", Call("+", Of("2024-02-28", LogicalType.Date), hour).Type.ToString());
    }

    [Fact]
    public void Overlaps()
    {
        Expr hour = Of("3600000", LogicalType.IntervalDayTime),
            two = Of("7200000", LogicalType.IntervalDayTime);
        Literal start = Of("02:55:00", LogicalType.Time(0)), other = Of("03:30:00", LogicalType.Time(0));
        Assert.Equal("TRUE", Value(Call("OVERLAPS", start, hour, other, two)));
        Assert.Equal(
            "FALSE", Value(Call("OVERLAPS", start, Of("60000", LogicalType.IntervalDayTime), other, two)));
    }

    [Fact]
    public void An_unknown_zone_is_refused_by_name()
    {
        var refusal = Assert.Throws<Shared.Errors.MillraceException>(() => Value(Int(1), "Mars/Olympus"));
        Assert.Contains("Mars/Olympus", refusal.Message, StringComparison.Ordinal);
    }
}
