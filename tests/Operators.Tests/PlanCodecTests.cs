using System.Collections.Immutable;
using Millrace.Operators.Aggregates;
using Millrace.Operators.Calc;
using Millrace.Operators.Lookups;
using Millrace.Operators.Matching;
using Millrace.Operators.Sinks;
using Millrace.Operators.Sources;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;
using Millrace.Shared.Graph;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Operators.Tests;

public sealed class PlanCodecTests
{
    private static readonly Schema Input = Schema.Of(
        new Field("k", LogicalType.String.NotNull()),
        new Field("t", LogicalType.Timestamp(3) with { TimeAttribute = TimeAttribute.Rowtime }),
        new Field("r", LogicalType.Row(new Field("a", LogicalType.Array(LogicalType.Decimal(10, 2))))));

    private static readonly TableSpec Table = new(
        "t", Input, [new MetadataColumn("o", "offset", LogicalType.BigInt)], [0],
        ImmutableSortedDictionary<string, string>.Empty.Add("connector", "x"));

    private static readonly Expr Condition = new Call(
        "AND",
        [new Call("=", [new InputRef(0, LogicalType.String), new Literal("a'b", LogicalType.String)],
            LogicalType.Boolean),
            new Literal(null, LogicalType.Boolean)],
        LogicalType.Boolean.NotNull(),
        ["option"]);

    public static TheoryData<string> Plans => [.. AllPlans.Keys];

    private static Dictionary<string, OperatorPlan> AllPlans => new()
    {
        ["calc"] = new CalcPlan(Condition, [new InputRef(1, Input[1].Type), Condition]),
        ["source"] = new SourcePlan(
            Table,
            new ScanSpec(
                [new PhysicalScanColumn(0, "k", LogicalType.String),
                    new MetadataScanColumn(0, "o", LogicalType.BigInt),
                    new JsonScanColumn(0, ["a", "b"], "j", LogicalType.Int)],
                [new ScanEquality(0, "x")]),
            [Condition],
            new WatermarkPlan(0, Condition, 5000, 200)),
        ["values"] = new ValuesPlan([[Condition], [Condition]]),
        ["sink"] = new SinkPlan(Table, NotNullEnforcer.Drop),
        ["aggregate"] = new GroupAggregatePlan(
            [0], [new AggregateCall("SUM", [1], 2, true, LogicalType.BigInt, [","])], Input, true, false, 1,
                new MiniBatchOptions(1, 2)),
        ["match"] = new MatchPlan(
            Input, [0], 1, [new MatchOrder(0, true, false)],
            new PatternSequence(
                [new PatternRepeat(new PatternSymbol(0), 1, int.MaxValue, true), new PatternSymbol(1)]),
            [new PatternVariable("A", new MatchExpression(
                [new MatchColumn(0, 0, true, 1, LogicalType.String),
                    new MatchAggregate("SUM", -1, Condition, LogicalType.Int),
                    new MatchTime(LogicalType.Timestamp(3))], Condition)),
                new PatternVariable("B", null)],
            1000, new AfterMatch(AfterMatchKind.SkipToLast, 1), [new MatchExpression([], Condition)]),
        ["lookup"] = new LookupJoinPlan(
            Table, new LookupSpec([0], [1, 2]), [Condition], true, Condition,
                new LookupCacheOptions(1, 2, 3, true),
            new LookupRetry(1, 2)),
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public void A_plan_reads_back_as_it_was_written(string name)
    {
        JobGraph graph = GraphOf(AllPlans[name]);
        byte[] bytes = OperatorFactory.Codec.Encode(graph);
        JobGraph read = OperatorFactory.Codec.Decode(bytes);
        Assert.Equal(AllPlans[name].GetType(), read.Vertices[0].Chain[0].Plan.GetType());
        Assert.Equal(bytes, OperatorFactory.Codec.Encode(read));
    }

    [Fact]
    public void A_plan_of_an_unregistered_kind_is_not_read()
    {
        string text = System.Text.Encoding.UTF8.GetString(
            OperatorFactory.Codec.Encode(GraphOf(new CalcPlan(null, []))));
        byte[] forged = System.Text.Encoding.UTF8.GetBytes(
            text.Replace("\"calc\"", "\"System.Object\"", StringComparison.Ordinal));
        var error = Assert.Throws<MillraceException>(() => OperatorFactory.Codec.Decode(forged));
        Assert.Equal(ErrorKind.Corrupt, error.Kind);
    }

    private static JobGraph GraphOf(OperatorPlan plan) => new(
        "job", 128, "UTC", [new JobVertex("v", "v", 2, [new OperatorNode("u", "n", plan, Input)])],
        [new JobEdge(0, 0, 0, ExchangeKind.Hash, [0, 1])]);
}
