using System.Collections.Immutable;
using Millrace.Shared.Connect;
using Millrace.Shared.Expressions;
using Millrace.Shared.Graph;

namespace Millrace.Operators.Sources;

/// <summary>Reads the splits of a table, computes its columns and its watermark.</summary>
/// <param name="Outputs">What it emits, over the scan's columns (computed columns are written out).</param>
/// <param name="Watermark">How event time moves, or null where the table has no watermark (only MAX is sent
/// at the end).</param>
public sealed record SourcePlan(
    TableSpec Table,
    ScanSpec Scan,
    ImmutableArray<Expr> Outputs,
    WatermarkPlan? Watermark) : OperatorPlan;

/// <param name="Rowtime">Index of the row time in <see cref="SourcePlan.Outputs"/>, TIMESTAMP(3) or
/// TIMESTAMP_LTZ(3).</param>
/// <param name="Expression">Over the source's outputs; the type of the row time. NULL leaves the watermark
/// where it is.</param>
/// <param name="IdleTimeoutMs"><c>table.exec.source.idle-timeout</c>; 0 never marks a split idle.</param>
/// <param name="EmitIntervalMs"><c>pipeline.auto-watermark-interval</c>; 0 sends every advance.</param>
public sealed record WatermarkPlan(int Rowtime, Expr Expression, long IdleTimeoutMs, long EmitIntervalMs);

/// <summary>A source of constant rows (VALUES); subtask 0 emits them.</summary>
/// <param name="Rows">Each row's expressions, without input.</param>
public sealed record ValuesPlan(ImmutableArray<ImmutableArray<Expr>> Rows) : OperatorPlan;
