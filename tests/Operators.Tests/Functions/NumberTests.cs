using Millrace.Operators.Functions;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Xunit;
using static Millrace.Operators.Tests.Functions.Scalar;

namespace Millrace.Operators.Tests.Functions;

/// <summary>The expectations are what Apache Flink 2.3 gives.</summary>
public class NumberTests
{
    [Theory]
    [InlineData("+", "DECIMAL(10,2)", "DECIMAL(5,3)", "DECIMAL(12, 3)")]
    [InlineData("-", "DECIMAL(10,2)", "INT", "DECIMAL(13, 2)")]
    [InlineData("*", "DECIMAL(10,2)", "BIGINT", "DECIMAL(30, 2)")]
    [InlineData("/", "INT", "DECIMAL(5,3)", "DECIMAL(19, 6)")]
    [InlineData("%", "DECIMAL(10,2)", "DECIMAL(5,3)", "DECIMAL(5, 3)")]
    [InlineData("%", "DECIMAL(10,0)", "INT", "INT")]
    [InlineData("%", "BIGINT", "TINYINT", "TINYINT")]
    [InlineData("+", "DECIMAL(38,10)", "DECIMAL(38,10)", "DECIMAL(38, 9)")]
    [InlineData("*", "DECIMAL(38,10)", "DECIMAL(38,10)", "DECIMAL(38, 6)")]
    [InlineData("+", "FLOAT", "DOUBLE", "FLOAT")]
    [InlineData("+", "DOUBLE", "FLOAT", "DOUBLE")]
    [InlineData("+", "DECIMAL(10,2)", "FLOAT", "DOUBLE")]
    [InlineData("+", "INT", "FLOAT", "FLOAT")]
    [InlineData("+", "TINYINT", "TINYINT", "TINYINT")]
    [InlineData("*", "SMALLINT", "BIGINT", "BIGINT")]
    [InlineData("+", "INT", "NULL", "INT")]
    public void The_type_of_a_result(string name, string left, string right, string expected) => Assert.Equal(
        expected,
        FunctionCatalog.Bind(
            name, [new InputRef(0, Type(left)), new InputRef(1, Type(right))]).Type.ToString());

    [Theory]
    [InlineData("/", "-7", "2", "INT", "-3")]
    [InlineData("%", "-7", "2", "INT", "-1")]
    [InlineData("/", "-2147483648", "-1", "INT", "-2147483648")]
    [InlineData("%", "-2147483648", "-1", "INT", "0")]
    [InlineData("+", "127", "127", "TINYINT", "-2")]
    [InlineData("*", "32767", "32767", "SMALLINT", "1")]
    [InlineData("/", "-1", "0", "DOUBLE", "-Infinity")]
    [InlineData("/", "1", "-0.0", "DOUBLE", "-Infinity")]
    [InlineData("/", "-10.00", "3.00", "DECIMAL(10,2)", "-3.3333333333333")]
    [InlineData("*", "99999999999999999999.9", "10.0", "DECIMAL(21,1)", "999999999999999999999.00000")]
    public void Arithmetic(string name, string left, string right, string type, string expected)
    {
        string value = Value(Call(name, Of(left, Type(type)), Of(right, Type(type))));
        Assert.StartsWith(value, expected + "00000", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT", "6")]
    [InlineData("BIGINT", "6")]
    [InlineData("DECIMAL(10,2)", "6.00")]
    public void Division_by_zero_fails(string type, string dividend)
    {
        Expr quotient = Call("/", Of("6", Type(type)), Of("0", Type(type)));
        var failure = Assert.Throws<MillraceException>(() => Value(quotient));
        Assert.Equal(ErrorKind.Invalid, failure.Kind);
        Assert.Contains(dividend, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("99999999999999999999999999999999999999", "1", "+", "NULL")]
    [InlineData("99999999999999999999999999999999999999", "1", "-", "99999999999999999999999999999999999998")]
    [InlineData("50000000000000000000000000000000000000", "2", "*", "NULL")]
    public void A_decimal_of_more_than_38_digits_is_null(
        string left, string right, string name, string expected) =>
        Assert.Equal(
            expected,
            Value(Call(name, Of(left, LogicalType.Decimal(38, 0)), Of(right, LogicalType.Decimal(38, 0)))));

    [Theory]
    [InlineData("ROUND", "-50.000", -1, "DECIMAL(10,3)", "-50")]
    [InlineData("ROUND", "-49.999", -3, "DECIMAL(10,3)", "0")]
    [InlineData("TRUNCATE", "-1299.999", 2, "DECIMAL(10,3)", "-1299.99")]
    [InlineData("TRUNCATE", "0.005", 9, "DECIMAL(10,3)", "0.005")]
    [InlineData("ROUND", "2.675", 2, "DOUBLE", "2.68")]
    [InlineData("ROUND", "-2.5", 0, "DOUBLE", "-3.0")]
    [InlineData("ROUND", "0.04", 1, "DOUBLE", "0.0")]
    [InlineData("ROUND", "0.06", 1, "DOUBLE", "0.1")]
    [InlineData("ROUND", "1e300", 2, "DOUBLE", "1.0E300")]
    [InlineData("TRUNCATE", "-0.5", 0, "DOUBLE", "0.0")]
    [InlineData("TRUNCATE", "42.329", -1, "DOUBLE", "40.0")]
    [InlineData("ROUND", "155", -1, "INT", "160")]
    [InlineData("TRUNCATE", "-159", -1, "INT", "-150")]
    [InlineData("ROUND", "1.005", 2, "FLOAT", "1.01")]
    public void Rounding(string name, string number, int digits, string type, string expected) =>
        Assert.Equal(expected, Value(Call(name, Of(number, Type(type)), Int(digits))));

    [Theory]
    [InlineData("ABS", "-2147483648", "INT", "-2147483648")]
    [InlineData("ABS", "-1.50", "DECIMAL(5,2)", "1.50")]
    [InlineData("SIGN", "-3.5", "DOUBLE", "-1.0")]
    [InlineData("SIGN", "-3.50", "DECIMAL(5,2)", "-1.00")]
    [InlineData("FLOOR", "-1.50", "DECIMAL(5,2)", "-2")]
    [InlineData("CEIL", "-1.50", "DECIMAL(5,2)", "-1")]
    [InlineData("CEILING", "1.2", "DOUBLE", "2.0")]
    [InlineData("SQRT", "-1", "DOUBLE", "NaN")]
    [InlineData("LN", "0", "INT", "-Infinity")]
    [InlineData("BIN", "4", "INT", "100")]
    [InlineData("HEX", "255", "INT", "FF")]
    [InlineData("HEX", "hello,world", "STRING", "68656C6C6F2C776F726C64")]
    public void A_function_of_one_number(string name, string number, string type, string expected) =>
        Assert.Equal(expected, Value(Call(name, Of(number, Type(type)))));

    [Fact]
    public void A_seed_gives_the_sequence_of_java() =>
        Assert.Equal("0.7275636800328681", Value(Call("RAND", Int(42))));

    [Fact]
    public void Constants_and_powers()
    {
        Assert.Equal("3.141592653589793", Value(Call("PI")));
        Assert.Equal("DOUBLE NOT NULL", Call("E").Type.ToString());
        Assert.Equal("8.0", Value(Call("POWER", Int(2), Int(3))));
        Assert.Equal("3.0", Value(Call("LOG", Int(2), Int(8))));
    }
}
