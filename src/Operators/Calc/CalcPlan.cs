using System.Collections.Immutable;
using Millrace.Shared.Expressions;
using Millrace.Shared.Graph;

namespace Millrace.Operators.Calc;

/// <summary>
/// Keeps the rows where the filter is TRUE and computes the outputs from them; change kinds stay as they are.
/// </summary>
/// <param name="Filter">A BOOLEAN over the input, or null for all rows.</param>
public sealed record CalcPlan(Expr? Filter, ImmutableArray<Expr> Outputs) : OperatorPlan;
