namespace Millrace.Operators.Functions.Json.Paths;

/// <summary>The condition of a filter.</summary>
internal abstract record FilterExpression;

/// <summary>All or any of several conditions.</summary>
internal sealed record FilterGroup(bool IsAnd, FilterExpression[] Parts) : FilterExpression;

/// <summary><c>!condition</c>.</summary>
internal sealed record FilterNot(FilterExpression Inner) : FilterExpression;

/// <summary>A path alone: whether it is there.</summary>
internal sealed record FilterExists(FilterOperand Path) : FilterExpression;

/// <summary><c>left op right</c>.</summary>
internal sealed record FilterComparison(FilterOperator Operator, FilterOperand Left, FilterOperand Right)
    : FilterExpression;

internal enum FilterOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    Contains,
    Size,
    Empty,
}

/// <summary>
/// A side of a comparison: a path below the value (<c>@</c>) or the root (<c>$</c>), a regex or a constant.
/// </summary>
/// <param name="Path">Null for a constant.</param>
/// <param name="IsFromRoot">Whether the path begins with <c>$</c>.</param>
/// <param name="Constant">For a constant.</param>
/// <param name="Regex">For <c>/regex/</c>.</param>
internal sealed record FilterOperand(
    PathToken[]? Path, bool IsFromRoot, JsonItem Constant,
    System.Text.RegularExpressions.Regex? Regex = null);
