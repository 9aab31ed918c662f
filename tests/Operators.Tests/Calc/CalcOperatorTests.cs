using Microsoft.Extensions.Time.Testing;
using Millrace.Operators.Calc;
using Millrace.Operators.Functions;
using Millrace.Operators.Tests.Harness;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Operators.Tests.Calc;

public class CalcOperatorTests
{
    private static readonly InputRef Id = new(0, LogicalType.Int), Name = new(1, LogicalType.String);

    [Fact]
    public void Rows_that_pass_keep_their_change_kinds()
    {
        ColumnBatch batch = Batch([1, 2, 3, 4], ["a", "b", null, "d"], ChangeKind.Insert, ChangeKind.Delete,
            ChangeKind.UpdateBefore, ChangeKind.UpdateAfter);
        ColumnBatch result = Assert.Single(Run(new CalcPlan(IsAbove(1), [Name, Doubled]), batch));
        Assert.Equal(
            [ChangeKind.Delete, ChangeKind.UpdateBefore, ChangeKind.UpdateAfter], result.Kinds.ToArray());
        Assert.Equal(["b", "NULL", "d"], Texts(result.Columns[0]));
        Assert.Equal(["4", "6", "8"], Texts(result.Columns[1]));
    }

    [Fact]
    public void Nothing_is_emitted_where_no_row_passes() =>
        Assert.Empty(Run(new CalcPlan(IsAbove(9), [Id]), Batch([1, 2], ["a", "b"])));

    [Fact]
    public void A_column_that_goes_through_unchanged_is_the_same_column()
    {
        ColumnBatch batch = Batch([1, 2], ["a", "b"]);
        ColumnBatch result = Assert.Single(Run(new CalcPlan(IsAbove(0), [Name, Id]), batch));
        Assert.Same(batch.Columns[1], result.Columns[0]);
        Assert.Same(batch.Columns[0], result.Columns[1]);
    }

    [Fact]
    public void Every_reference_taken_is_given_back()
    {
        ColumnBatch batch = Batch([1, 2, 3], ["a", "b", "c"]);
        foreach (ColumnBatch result in Run(new CalcPlan(IsAbove(1), [Name, Doubled, Id]), batch))
            result.Release();
        Column id = batch.Columns[0];
        batch.Release();
        Assert.Throws<Shared.Errors.MillraceException>(id.Retain);
    }

    [Fact]
    public void A_filter_guards_the_outputs()
    {
        Expr quotient = FunctionCatalog.Bind("/", [new Literal("6", LogicalType.Int.NotNull()), Id]);
        ColumnBatch result =
            Assert.Single(Run(new CalcPlan(IsAbove(0), [quotient]), Batch([0, 2, 3], ["", "", ""])));
        Assert.Equal(["3", "2"], Texts(result.Columns[0]));
    }

    private static Expr Doubled =>
        FunctionCatalog.Bind("*", [Id, new Literal("2", LogicalType.Int.NotNull())]);

    private static Expr IsAbove(int bound) =>
        FunctionCatalog.Bind(">", [Id, new Literal($"{bound}", LogicalType.Int.NotNull())]);

    private static ColumnBatch Batch(int[] ids, string?[] names, params ChangeKind[] kinds) =>
        new([FixedColumn<int>.Of(ids), BytesColumn.Of(names)], ids.Length, kinds.Length == 0 ? null : kinds);

    private static List<ColumnBatch> Run(CalcPlan plan, ColumnBatch batch)
    {
        var output = new Kept();
        using IOperator calc = OperatorFactory.Create(plan);
        var time = new FakeTimeProvider();
        calc.Open(TestContexts.Create(new TestMailbox(time), time), output);
        calc.Process(0, batch);
        return output.Batches;
    }

    private static string[] Texts(Column column) =>
        [.. Enumerable.Range(0, column.Count).Select(i => RowText.Of(column, i))];

    private sealed class Kept : IBatchOutput
    {
        public List<ColumnBatch> Batches { get; } = [];

        public void Emit(ColumnBatch batch) => Batches.Add(batch.Retain());
    }
}
