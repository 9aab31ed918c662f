using System.Collections.Immutable;
using Millrace.Operators.Aggregates;
using Millrace.Operators.Lookups;
using Millrace.Operators.Matching;
using Millrace.Shared.Connect;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Millrace.Sql.Catalog;
using Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>
/// A relational operator of the bound tree: names resolved, types known. Immutable; the optimizer makes new
/// trees. A tree is a DAG where queries share a part.
/// </summary>
/// <param name="Schema">The columns that it gives.</param>
/// <param name="Span">Where it was written, for errors found later.</param>
internal abstract record Rel(Schema Schema, SourceSpan Span)
{
    public virtual ImmutableArray<Rel> Inputs => [];

    public abstract Rel WithInputs(ImmutableArray<Rel> inputs);
}

/// <summary>A table read: some of its base columns, then fields decoded out of JSON text columns.</summary>
/// <param name="Columns">Base columns, all of them until the optimizer prunes them.</param>
internal sealed record ScanRel(
    CatalogTable Table, ImmutableArray<int> Columns, Schema Schema, SourceSpan Span)
    : Rel(Schema, Span)
{
    /// <summary>
    /// What the format decodes besides, after <see cref="Columns"/>; the optimizer finds it.
    /// </summary>
    public ImmutableArray<JsonScanColumn> JsonColumns { get; init; } = [];

    /// <summary>Equalities that all readers ask for, over the output.</summary>
    public ImmutableArray<ScanEquality> Prefilter { get; init; } = [];

    /// <summary>
    /// With every row that meets these a reader computes; see <see cref="ScanSpec.Computed"/>.
    /// </summary>
    public ImmutableArray<ScanEquality>? Computed { get; init; }

    public override Rel WithInputs(ImmutableArray<Rel> inputs) => this;
}

/// <summary>Constant rows.</summary>
internal sealed record ValuesRel(ImmutableArray<ImmutableArray<Expr>> Rows, Schema Schema, SourceSpan Span)
    : Rel(Schema, Span)
{
    public override Rel WithInputs(ImmutableArray<Rel> inputs) => this;
}

/// <summary>The expressions over the input's columns.</summary>
internal sealed record ProjectRel(Rel Input, ImmutableArray<Expr> Outputs, Schema Schema, SourceSpan Span)
    : Rel(Schema, Span)
{
    public override ImmutableArray<Rel> Inputs => [Input];

    public override Rel WithInputs(ImmutableArray<Rel> inputs) => this with { Input = inputs[0] };

    /// <summary>The columns at the indexes, under their own names.</summary>
    public static ProjectRel Of(Rel input, IEnumerable<int> columns)
    {
        int[] kept = [.. columns];
        return new ProjectRel(
            input,
            [.. kept.Select(c => (Expr)new InputRef(c, input.Schema[c].Type))],
            new Schema([.. kept.Select(c => input.Schema[c])]),
            input.Span);
    }
}

/// <summary>The rows where the condition is TRUE.</summary>
internal sealed record FilterRel(Rel Input, Expr Condition, SourceSpan Span) : Rel(Input.Schema, Span)
{
    public override ImmutableArray<Rel> Inputs => [Input];

    public override Rel WithInputs(ImmutableArray<Rel> inputs) => new FilterRel(inputs[0], Condition, Span);
}

/// <summary>UNION ALL; the branches' columns have the types of the schema.</summary>
internal sealed record UnionRel(ImmutableArray<Rel> Branches, Schema Schema, SourceSpan Span)
    : Rel(Schema, Span)
{
    public override ImmutableArray<Rel> Inputs => Branches;

    public override Rel WithInputs(ImmutableArray<Rel> inputs) => this with { Branches = inputs };
}

/// <summary>Unbounded GROUP BY: the keys, then the aggregates.</summary>
internal sealed record AggregateRel(
    Rel Input, ImmutableArray<int> Keys, ImmutableArray<AggregateCall> Calls, Schema Schema, SourceSpan Span)
    : Rel(Schema, Span)
{
    public override ImmutableArray<Rel> Inputs => [Input];

    public override Rel WithInputs(ImmutableArray<Rel> inputs) => this with { Input = inputs[0] };
}

/// <summary>A lookup join: the input's columns, then the wanted columns of the table.</summary>
/// <param name="KeyColumns">Physical columns of the table.</param>
/// <param name="Keys">Over the input, one a key column.</param>
/// <param name="OutputColumns">Physical columns of the table, in the order of the output.</param>
/// <param name="Condition">Over input columns, then output columns; may be null.</param>
/// <param name="Hint">The options of a LOOKUP hint; null without one.</param>
internal sealed record LookupRel(
    Rel Input,
    CatalogTable Table,
    ImmutableArray<int> KeyColumns,
    ImmutableArray<Expr> Keys,
    ImmutableArray<int> OutputColumns,
    bool IsLeftOuter,
    Expr? Condition,
    LookupHint? Hint,
    Schema Schema,
    SourceSpan Span) : Rel(Schema, Span)
{
    public override ImmutableArray<Rel> Inputs => [Input];

    public override Rel WithInputs(ImmutableArray<Rel> inputs) => this with { Input = inputs[0] };
}

/// <param name="Retry">Null without retry-predicate.</param>
internal sealed record LookupHint(LookupRetry? Retry, int? Capacity, long? TimeoutMs);

/// <summary>
/// MATCH_RECOGNIZE: the partition columns, then the measures. The plan's columns are those of the input.
/// </summary>
internal sealed record MatchRel(Rel Input, MatchPlan Plan, Schema Schema, SourceSpan Span) : Rel(Schema, Span)
{
    public override ImmutableArray<Rel> Inputs => [Input];

    public override Rel WithInputs(ImmutableArray<Rel> inputs) => this with { Input = inputs[0] };
}

/// <summary>
/// A filter, then expressions over the rows that pass: what the optimizer makes of projections and filters.
/// </summary>
internal sealed record CalcRel(
    Rel Input, Expr? Condition, ImmutableArray<Expr> Outputs, Schema Schema, SourceSpan Span)
    : Rel(Schema, Span)
{
    public override ImmutableArray<Rel> Inputs => [Input];

    public override Rel WithInputs(ImmutableArray<Rel> inputs) => this with { Input = inputs[0] };
}

/// <summary>INSERT INTO a table; its input has the table's physical columns.</summary>
internal sealed record SinkRel(Rel Input, CatalogTable Table, SourceSpan Span) : Rel(Schema.Empty, Span)
{
    public override ImmutableArray<Rel> Inputs => [Input];

    public override Rel WithInputs(ImmutableArray<Rel> inputs) => this with { Input = inputs[0] };
}
