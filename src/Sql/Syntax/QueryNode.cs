namespace Millrace.Sql.Syntax;

/// <summary>A query: something that gives rows.</summary>
public abstract record QueryNode : SqlNode;

/// <summary>
/// One SELECT block, without ORDER BY and LIMIT, which an <see cref="OrderedQuery"/> around it holds.
/// </summary>
/// <param name="IsDistinct">Whether DISTINCT was written.</param>
/// <param name="Hints">Hints after SELECT: <c>/*+ LOOKUP(..) */</c>.</param>
/// <param name="Items">What is selected, at least one.</param>
/// <param name="From">The source; commas are cross joins. Null without FROM: one row without columns.</param>
/// <param name="Where">The filter.</param>
/// <param name="GroupBy">The grouping; null without GROUP BY.</param>
/// <param name="Having">The filter on groups.</param>
/// <param name="Windows">The windows of the WINDOW clause; empty without it.</param>
/// <param name="Qualify">The filter on OVER results.</param>
public sealed record Select(
    bool IsDistinct,
    SyntaxList<Hint> Hints,
    SyntaxList<SelectItem> Items,
    TableRef? From,
    SqlExpr? Where,
    GroupByClause? GroupBy,
    SqlExpr? Having,
    SyntaxList<NamedWindow> Windows,
    SqlExpr? Qualify) : QueryNode;

/// <summary><c>left UNION|INTERSECT|EXCEPT [ALL] right</c>.</summary>
public sealed record SetOperation(
    SetOperator Operator, bool IsAll, QueryNode Left, QueryNode Right) : QueryNode;

/// <summary>The operators on sets of rows; INTERSECT binds tighter than the other two.</summary>
public enum SetOperator
{
    Union,
    Intersect,
    Except,
}

/// <summary><c>VALUES (1, 'a'), (2, 'b')</c>; a row without parentheses is a row of one value.</summary>
public sealed record ValuesQuery(SyntaxList<RowConstructor> Rows) : QueryNode;

/// <summary><c>TABLE t</c> as a query: all of t.</summary>
public sealed record TableQuery(QualifiedName Table) : QueryNode;

/// <summary><c>input ORDER BY .. OFFSET .. LIMIT|FETCH ..</c>; at least one of the three is there.</summary>
/// <param name="Input">The query that is ordered or cut.</param>
/// <param name="OrderBy">The sort keys; empty without ORDER BY.</param>
/// <param name="Offset">How many rows are skipped.</param>
/// <param name="Limit">How many rows are kept, from LIMIT or FETCH; null for all.</param>
public sealed record OrderedQuery(
    QueryNode Input, SyntaxList<SortKey> OrderBy, SqlExpr? Offset, SqlExpr? Limit) : QueryNode;

/// <summary><c>WITH name [(columns)] AS (query), .. body</c>.</summary>
public sealed record WithQuery(SyntaxList<CommonTable> Tables, QueryNode Body) : QueryNode;

/// <summary>One named query of WITH.</summary>
/// <param name="Name">Its name, seen by the queries after it and by the body.</param>
/// <param name="Columns">New names of its columns; empty to keep them.</param>
/// <param name="Query">Its rows.</param>
public sealed record CommonTable(Identifier Name, SyntaxList<Identifier> Columns, QueryNode Query) : SqlNode;

/// <summary>An item of a SELECT list.</summary>
public abstract record SelectItem : SqlNode;

/// <summary><c>expression [AS alias]</c>.</summary>
public sealed record ExpressionItem(SqlExpr Expression, Identifier? Alias) : SelectItem;

/// <summary><c>*</c> or <c>t.*</c>.</summary>
public sealed record StarItem(QualifiedName? Qualifier) : SelectItem;

/// <summary><c>GROUP BY [DISTINCT] elements</c>: the cross product of its elements' grouping sets.</summary>
public sealed record GroupByClause(bool IsDistinct, SyntaxList<GroupingElement> Elements) : SqlNode;

/// <summary>An element of GROUP BY.</summary>
public abstract record GroupingElement : SqlNode;

/// <summary>
/// A plain key, or a bracketed list of keys that count as one: <c>a</c>, <c>(a, b)</c>, <c>()</c>.
/// </summary>
public sealed record GroupingKeys(SyntaxList<SqlExpr> Keys) : GroupingElement;

/// <summary><c>ROLLUP(..)</c>: each prefix of the items, down to none.</summary>
public sealed record RollupElement(SyntaxList<GroupingKeys> Items) : GroupingElement;

/// <summary><c>CUBE(..)</c>: each subset of the items.</summary>
public sealed record CubeElement(SyntaxList<GroupingKeys> Items) : GroupingElement;

/// <summary><c>GROUPING SETS(..)</c>: exactly these sets; items may nest.</summary>
public sealed record GroupingSetsElement(SyntaxList<GroupingElement> Items) : GroupingElement;

/// <summary>One sort key.</summary>
/// <param name="Expression">What is compared.</param>
/// <param name="IsDescending">Whether DESC was written.</param>
/// <param name="NullsFirst">True for NULLS FIRST, false for NULLS LAST, null when neither was
/// written.</param>
public sealed record SortKey(SqlExpr Expression, bool IsDescending, bool? NullsFirst) : SqlNode;

/// <summary><c>WINDOW name AS (specification)</c>.</summary>
public sealed record NamedWindow(Identifier Name, WindowSpec Spec) : SqlNode;

/// <summary>The window of an OVER: a name, or a specification that may build on a named window.</summary>
/// <param name="BaseName">The named window that this one is or extends.</param>
/// <param name="PartitionBy">The partition keys; empty for one partition.</param>
/// <param name="OrderBy">The sort keys.</param>
/// <param name="Frame">The frame; null when none was written.</param>
public sealed record WindowSpec(
    Identifier? BaseName,
    SyntaxList<SqlExpr> PartitionBy,
    SyntaxList<SortKey> OrderBy,
    WindowFrame? Frame) : SqlNode;

/// <summary><c>ROWS|RANGE BETWEEN start AND end</c>; a frame of one bound ends at the current row.</summary>
public sealed record WindowFrame(bool IsRows, FrameBound Start, FrameBound End) : SqlNode;

/// <summary>A bound of a frame.</summary>
/// <param name="Kind">Which bound.</param>
/// <param name="Offset">The distance, for Preceding and Following only.</param>
public sealed record FrameBound(FrameBoundKind Kind, SqlExpr? Offset) : SqlNode;

/// <summary>The bounds of a frame, in the order of the rows they name.</summary>
public enum FrameBoundKind
{
    UnboundedPreceding,
    Preceding,
    CurrentRow,
    Following,
    UnboundedFollowing,
}
