using System.Text;
using Millrace.Operators.Aggregates;
using Millrace.Operators.Functions;
using Millrace.Operators.Tests.Harness;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Operators.Tests.Aggregates;

public sealed class AggregateCatalogTests
{
    [Theory]
    [InlineData("COUNT", "BIGINT NOT NULL", "BIGINT NOT NULL")]
    [InlineData("SUM", "INT NOT NULL", "INT")]
    [InlineData("AVG", "INT NOT NULL", "INT")]
    [InlineData("STDDEV_SAMP", "INT NOT NULL", "INT")]
    [InlineData("MAX", "INT NOT NULL", "INT")]
    [InlineData("LAST_VALUE", "INT NOT NULL", "INT")]
    [InlineData("COLLECT", "MULTISET<INT NOT NULL> NOT NULL", "MULTISET<INT NOT NULL> NOT NULL")]
    [InlineData("ARRAY_AGG", "ARRAY<INT NOT NULL> NOT NULL", "ARRAY<INT NOT NULL> NOT NULL")]
    [InlineData("JSON_ARRAYAGG", "VARCHAR(2000) NOT NULL", "VARCHAR(2000) NOT NULL")]
    public void A_not_null_column_gives_a_result_that_is_null_only_without_keys_or_with_a_filter(
        string function, string grouped, string global)
    {
        LogicalType argument = LogicalType.Int.NotNull();
        Assert.Equal(grouped, AggregateCatalog.InferType(function, [argument], false, true).ToString());
        Assert.Equal(global, AggregateCatalog.InferType(function, [argument], false, false).ToString());
    }

    [Fact]
    public void Decimals_widen_and_text_keeps_its_type()
    {
        Assert.Equal("DECIMAL(38, 2)", Infer("SUM", LogicalType.Decimal(5, 2)));
        Assert.Equal("DECIMAL(38, 6)", Infer("AVG", LogicalType.Decimal(5, 2)));
        Assert.Equal("DECIMAL(38, 7)", Infer("VAR_POP", LogicalType.Decimal(10, 7)));
        Assert.Equal("CHAR(3)", Infer("LISTAGG", LogicalType.Char(3)));
        Assert.Equal("TIMESTAMP(3)", Infer(
            "MAX", LogicalType.Timestamp(3) with { TimeAttribute = TimeAttribute.Rowtime }));
    }

    [Fact]
    public void Wrong_calls_say_what_the_function_takes()
    {
        Assert.Contains("number", Refused("SUM", LogicalType.String), StringComparison.Ordinal);
        Assert.Contains(
            "one column", Refused("COUNT", LogicalType.Int, LogicalType.Int), StringComparison.Ordinal);
        Assert.Contains("string", Refused("LISTAGG", LogicalType.Int), StringComparison.Ordinal);
        Assert.Contains(
            "COUNT(DISTINCT", Refused("APPROX_COUNT_DISTINCT", LogicalType.Int), StringComparison.Ordinal);
        Assert.Contains(
            "ARRAY<INT>", Refused("MAX", LogicalType.Array(LogicalType.Int)), StringComparison.Ordinal);
        Assert.True(
            Assert.Throws<FunctionException>(() => Infer("PERCENTILE", LogicalType.Int)).IsUnsupported);
        Assert.False(AggregateCatalog.Knows("UPPER"));
    }

    [Fact]
    public void An_accumulator_takes_rows_one_by_one_and_can_begin_again()
    {
        var numbers = new FixedColumnBuilder<int>();
        for (int i = 0; i < 10; i++) numbers.Append(i);
        numbers.AppendNull();
        Column column = numbers.Build();
        IAccumulator average =
            AggregateCatalog.CreateAccumulator("AVG", [LogicalType.Int], LogicalType.Int, true);
        Assert.Equal("NULL", Result(average));
        foreach (int row in (int[])[3, 4, 9, 10]) average.Add([column], row);
        Assert.Equal("5", Result(average));
        average.Retract([column], 9);
        Assert.Equal("3", Result(average));
        average.Reset();
        Assert.Equal("NULL", Result(average));
    }

    [Fact]
    public void An_accumulator_of_text_keeps_objects()
    {
        Column column = BytesColumn.Of("b", null, "a");
        IAccumulator list = AggregateCatalog.CreateAccumulator(
            "LISTAGG", [LogicalType.String], LogicalType.String, true, ["-"]);
        for (int row = 0; row < 3; row++) list.Add([column], row);
        var output = new BytesColumnBuilder();
        list.AppendResult(output);
        list.Retract([column], 0);
        list.AppendResult(output);
        list.Reset();
        list.AppendResult(output);
        var results = (BytesColumn)output.Build();
        Assert.Equal(["b-a", "a"], [Encoding.UTF8.GetString(results[0]), results.Text(1)]);
        Assert.True(results.IsNull(2));
    }

    private static string Result(IAccumulator accumulator)
    {
        var output = new FixedColumnBuilder<int>();
        accumulator.AppendResult(output);
        return RowText.Of(output.Build(), 0);
    }

    private static string Infer(string function, params LogicalType[] arguments) =>
        AggregateCatalog.InferType(function, arguments, false, true).ToString();

    private static string Refused(string function, params LogicalType[] arguments) =>
        Assert.Throws<FunctionException>(() => Infer(function, arguments)).Message;
}
