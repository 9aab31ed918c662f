using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Millrace.Shared.Expressions;
using Millrace.Shared.Graph;
using Millrace.Shared.Types;

namespace Millrace.Operators.Matching;

/// <summary>
/// MATCH_RECOGNIZE with ONE ROW PER MATCH in event time, by Flink's rules (flink-facts 3.12). Emits the
/// partition columns, then the measures.
/// </summary>
/// <param name="TimeColumn">The row time that rows are ordered by.</param>
/// <param name="ThenBy">Further order among rows of equal time; then arrival.</param>
/// <param name="Variables">In order of first appearance in the pattern.</param>
/// <param name="WithinMs">A match's last row is less than this after its first; 0 for no bound.</param>
public sealed record MatchPlan(
    Schema Input,
    ImmutableArray<int> PartitionBy,
    int TimeColumn,
    ImmutableArray<MatchOrder> ThenBy,
    Pattern Pattern,
    ImmutableArray<PatternVariable> Variables,
    long WithinMs,
    AfterMatch AfterMatch,
    ImmutableArray<MatchExpression> Measures) : OperatorPlan;

/// <summary>Orders the rows of one time.</summary>
/// <param name="Column">An input column.</param>
public sealed record MatchOrder(int Column, bool IsDescending, bool NullsLast);

/// <param name="Condition">A BOOLEAN; null is always true.</param>
public sealed record PatternVariable(string Name, MatchExpression? Condition);

/// <summary>A regular expression over the variables.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "pattern")]
[JsonDerivedType(typeof(PatternSymbol), "variable")]
[JsonDerivedType(typeof(PatternSequence), "sequence")]
[JsonDerivedType(typeof(PatternRepeat), "repeat")]
public abstract record Pattern;

/// <param name="Variable">Index into <see cref="MatchPlan.Variables"/>.</param>
public sealed record PatternSymbol(int Variable) : Pattern;

/// <param name="Parts">Matched one straight after the other.</param>
public sealed record PatternSequence(ImmutableArray<Pattern> Parts) : Pattern;

/// <param name="Max">int.MaxValue for no bound.</param>
public sealed record PatternRepeat(Pattern Part, int Min, int Max, bool IsReluctant) : Pattern;

/// <summary>AFTER MATCH: the row at which the search for the next match begins.</summary>
public enum AfterMatchKind { SkipToNextRow, SkipPastLastRow, SkipToFirst, SkipToLast }

/// <param name="Variable">Of SkipToFirst and SkipToLast; else -1.</param>
public sealed record AfterMatch(AfterMatchKind Kind, int Variable = -1);

/// <summary>
/// An expression over values taken from the rows matched so far: its column i is reference i.
/// </summary>
public sealed record MatchExpression(ImmutableArray<MatchReference> References, Expr Expression);

/// <summary>One value taken from the rows matched so far.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "reference")]
[JsonDerivedType(typeof(MatchColumn), "column")]
[JsonDerivedType(typeof(MatchAggregate), "aggregate")]
[JsonDerivedType(typeof(MatchTime), "time")]
public abstract record MatchReference(LogicalType Type);

/// <summary>
/// FIRST(v.c, offset) or LAST(v.c, offset); a bare v.c is LAST(v.c, 0), in DEFINE the candidate row included.
/// </summary>
/// <param name="Variable">-1: any row of the match.</param>
/// <param name="Column">An input column.</param>
public sealed record MatchColumn(int Variable, int Column, bool IsFirst, int Offset, LogicalType Type)
    : MatchReference(Type);

/// <summary>An aggregate over the rows of a variable, in DEFINE the candidate row included.</summary>
/// <param name="Variable">-1: all rows of the match.</param>
/// <param name="Argument">Over the input columns of a row; null for COUNT(*).</param>
public sealed record MatchAggregate(string Function, int Variable, Expr? Argument, LogicalType Type)
    : MatchReference(Type);

/// <summary>MATCH_ROWTIME(): the row time of the match's last row.</summary>
public sealed record MatchTime(LogicalType Type) : MatchReference(Type);
