using Millrace.Operators.Functions;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Xunit;
using static Millrace.Operators.Tests.Functions.Scalar;

namespace Millrace.Operators.Tests.Functions;

public class CatalogTests
{
    private static InputRef Input(int index, LogicalType type) => new(index, type);

    [Theory]
    [InlineData("upper", true)]
    [InlineData("CASE", true)]
    [InlineData("PERCENTILE", false)]
    [InlineData("NO_SUCH", false)]
    public void Names_are_known_in_any_case(string name, bool isKnown) =>
        Assert.Equal(isKnown, FunctionCatalog.Knows(name));

    [Theory]
    [InlineData("PERCENTILE", true)]
    [InlineData("NO_SUCH", false)]
    public void A_function_of_flink_is_unsupported_rather_than_unknown(string name, bool isUnsupported)
    {
        var refusal = Assert.Throws<FunctionException>(() => FunctionCatalog.Bind(name, []));
        Assert.Equal(isUnsupported, refusal.IsUnsupported);
    }

    [Fact]
    public void Coercions_are_written_out()
    {
        Expr sum = Call("+", Input(0, LogicalType.Int), Input(1, LogicalType.BigInt));
        Assert.Equal("(CAST($0 AS BIGINT) + $1)", sum.ToString());
    }

    [Theory]
    [InlineData("INT", "STRING")]
    [InlineData("DATE", "TIMESTAMP(3)")]
    [InlineData("BOOLEAN", "INT")]
    public void Types_that_do_not_compare_are_refused(string left, string right) =>
        Assert.Throws<FunctionException>(() => Call("=", Input(0, Type(left)), Input(1, Type(right))));

    [Fact]
    public void A_tinyint_compares_with_a_boolean_as_mysql_stores_it()
    {
        Assert.Equal(
            "TRUE", Value(Call("=", Of("0", LogicalType.TinyInt), Of("false", LogicalType.Boolean))));
        Assert.Equal(
            "FALSE", Value(Call("=", Of("true", LogicalType.Boolean), Of("2", LogicalType.TinyInt))));
    }

    [Theory]
    [InlineData("INT", "DECIMAL(6,2)", "DECIMAL(12, 2)")]
    [InlineData("DECIMAL(6,2)", "DOUBLE", "DOUBLE")]
    [InlineData("DECIMAL(6,2)", "FLOAT", "DOUBLE")]
    [InlineData("DATE", "TIMESTAMP(3)", null)]
    [InlineData("CHAR(1)", "CHAR(4)", "VARCHAR(4)")]
    [InlineData("CHAR(4)", "CHAR(4)", "CHAR(4)")]
    [InlineData("VARCHAR(3)", "CHAR(6)", "VARCHAR(6)")]
    [InlineData("NULL", "INT", "INT")]
    [InlineData("TINYINT", "BIGINT", "BIGINT")]
    [InlineData("TIMESTAMP(3)", "TIMESTAMP(6)", "TIMESTAMP(6)")]
    [InlineData("TIMESTAMP(6)", "TIMESTAMP_LTZ(3)", "TIMESTAMP(6)")]
    [InlineData("INT", "STRING", null)]
    public void Common_types(string left, string right, string? expected) =>
        Assert.Equal(expected, CommonType.Of(Type(left), Type(right))?.ToString());

    [Fact]
    public void Nullability_follows_the_arguments()
    {
        InputRef present = Input(0, LogicalType.Int.NotNull()), missing = Input(1, LogicalType.Int);
        Assert.Equal("INT NOT NULL", Call("+", present, present).Type.ToString());
        Assert.Equal("INT", Call("+", present, missing).Type.ToString());
        Assert.Equal("INT NOT NULL", Call("COALESCE", missing, present).Type.ToString());
        Assert.Equal("INT", Call("NULLIF", present, present).Type.ToString());
        Assert.Equal("BOOLEAN NOT NULL", Call("IS NULL", missing).Type.ToString());
        Expr condition = Input(2, LogicalType.Boolean);
        Assert.Equal("INT NOT NULL", Call("CASE", condition, present, present).Type.ToString());
        Assert.Equal("INT", Call("IF", condition, present, present).Type.ToString());
        Assert.Equal("INT", Call("CASE", condition, present).Type.ToString());
    }

    [Fact]
    public void Typeof_is_a_constant()
    {
        Assert.Equal("CHAR(3) NOT NULL", Value(Call("TYPEOF", Of("abc", LogicalType.Char(3)))));
        Expr full = Call("TYPEOF", Input(0, LogicalType.String), Of("true", LogicalType.Boolean));
        Assert.Equal("VARCHAR(2147483647)", Value(full));
    }

    [Theory]
    [InlineData("GREATEST", "NaN", "1", "NaN")]
    [InlineData("LEAST", "NaN", "1", "1.0")]
    [InlineData("LEAST", "-0.0", "0.0", "-0.0")]
    public void Nan_is_above_all_numbers(string name, string left, string right, string expected) =>
        Assert.Equal(
            expected, Value(Call(name, Of(left, LogicalType.Double), Of(right, LogicalType.Double))));

    [Theory]
    [InlineData("IS_ALPHA", "abc", "TRUE")]
    [InlineData("IS_ALPHA", "a1", "FALSE")]
    [InlineData("IS_DIGIT", "12", "TRUE")]
    [InlineData("IS_DIGIT", null, "FALSE")]
    [InlineData("IS_DECIMAL", "-1.5", "TRUE")]
    [InlineData("IS_DECIMAL", "x", "FALSE")]
    public void Character_tests(string name, string? text, string expected) =>
        Assert.Equal(expected, Value(Call(name, Text(text))));
}
