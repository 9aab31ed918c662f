using Millrace.Operators.Aggregates;
using Millrace.Operators.Calc;
using Millrace.Operators.Lookups;
using Millrace.Operators.Matching;
using Millrace.Operators.Sinks;
using Millrace.Operators.Sources;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;

namespace Millrace.Operators;

/// <summary>Makes operators from their plans; the one list of everything that a job graph can hold.</summary>
public static class OperatorFactory
{
    /// <summary>Reads and writes job graphs of these operators.</summary>
    public static PlanCodec Codec { get; } = new(
        ("calc", typeof(CalcPlan)),
        ("source", typeof(SourcePlan)),
        ("values", typeof(ValuesPlan)),
        ("sink", typeof(SinkPlan)),
        ("group-aggregate", typeof(GroupAggregatePlan)),
        ("match", typeof(MatchPlan)),
        ("lookup-join", typeof(LookupJoinPlan)));

    public static bool IsSource(OperatorPlan plan) => plan is SourcePlan or ValuesPlan;

    /// <summary>A new operator for one subtask.</summary>
    public static IOperator Create(OperatorPlan plan) => plan switch
    {
        CalcPlan calc => new CalcOperator(calc),
        LookupJoinPlan p => new LookupJoinOperator(p),
        MatchPlan match => new MatchOperator(match),
        SinkPlan sink => new SinkOperator(sink),
        GroupAggregatePlan group => new GroupAggregateOperator(group),
        _ => throw new MillraceException(
            ErrorKind.Bug, $"{plan.GetType().Name} is not an operator with inputs."),
    };

    /// <summary>A new source for one subtask.</summary>
    public static ISourceOperator CreateSource(OperatorPlan plan) => plan switch
    {
        SourcePlan source => new SourceOperator(source),
        ValuesPlan values => new ValuesSource(values),
        _ => throw new MillraceException(ErrorKind.Bug, $"{plan.GetType().Name} is not a source."),
    };
}
