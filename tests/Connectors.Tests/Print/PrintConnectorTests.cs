using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using Millrace.Connectors.Print;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Metrics;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Print;

public sealed class PrintConnectorTests
{
    [Theory]
    [InlineData(1, "", "")]
    [InlineData(2, "", "2> ")]
    [InlineData(1, "out", "out> ")]
    [InlineData(2, "out", "out:2> ")]
    public void A_row_is_printed_with_its_kind_behind_the_prefix(
        int parallelism, string identifier, string prefix)
    {
        Schema schema = Schema.Of(
            new("i", LogicalType.Int), new("s", LogicalType.String), new("d", LogicalType.Double),
            new("t", LogicalType.Timestamp(3)), new("l", LogicalType.TimestampLtz(3)),
                new("m", LogicalType.Decimal(6, 2)));
        var rows = new BatchBuilder(schema);
        ((FixedColumnBuilder<int>)rows.Columns[0]).Append(1);
        ((BytesColumnBuilder)rows.Columns[1]).Append("a b"u8);
        ((FixedColumnBuilder<double>)rows.Columns[2]).Append(1e10);
        ((FixedColumnBuilder<long>)rows.Columns[3]).Append(1_500);
        ((FixedColumnBuilder<long>)rows.Columns[4]).Append(60_000);
        ((FixedColumnBuilder<Int128>)rows.Columns[5]).Append(-1234);
        rows.EndRow(ChangeKind.UpdateAfter);
        foreach (ColumnBuilder column in rows.Columns) column.AppendNull();
        rows.EndRow(ChangeKind.Delete);

        Assert.Equal(
            $"{prefix}+U[1, a b, 1.0E10, 1970-01-01T00:00:01.500, 1970-01-01T00:01:00Z, -12.34]\n"
            + $"{prefix}-D[null, null, null, null, null, null]\n",
            Printed(schema, rows.Build(), parallelism, identifier));
    }

    private static string Printed(Schema schema, ColumnBatch batch, int parallelism, string identifier)
    {
        using var output = new StringWriter();
        var options = ImmutableSortedDictionary<string, string>.Empty.Add("connector", "print");
        if (identifier.Length > 0) options = options.Add("print-identifier", identifier);
        var table = new TableSpec("t", schema, [], [], options);
        var connector = new PrintConnector(output, TextWriter.Null);
        connector.Check(table);
        var context = new ConnectorContext(
            "job", "uid", 1, parallelism - 1, parallelism, new FakeTimeProvider(), new MetricGroup());
        using ISinkWriter sink = connector.OpenSink(table, context);
        sink.Write(batch);
        return output.ToString();
    }
}
