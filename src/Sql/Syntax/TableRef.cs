namespace Millrace.Sql.Syntax;

/// <summary>Something in FROM.</summary>
public abstract record TableRef : SqlNode;

/// <summary><c>AS name [(columns)]</c> after a table.</summary>
/// <param name="Name">The name that the query knows the table by.</param>
/// <param name="Columns">New names of its columns; empty to keep them.</param>
public sealed record TableAlias(Identifier Name, SyntaxList<Identifier> Columns) : SqlNode;

/// <summary><c>name [/*+ OPTIONS(..) */] [FOR SYSTEM_TIME AS OF expression] [AS alias]</c>.</summary>
/// <param name="Name">A table or a view.</param>
/// <param name="Hints">Hints after the name.</param>
/// <param name="AsOf">The time at which the table is read: a temporal or a lookup join's right side.</param>
/// <param name="Alias">Its alias.</param>
public sealed record NamedTable(
    QualifiedName Name, SyntaxList<Hint> Hints, SqlExpr? AsOf, TableAlias? Alias) : TableRef;

/// <summary><c>[LATERAL] (query) [AS alias]</c>.</summary>
public sealed record DerivedTable(QueryNode Query, bool IsLateral, TableAlias? Alias) : TableRef;

/// <summary>
/// <c>[LATERAL] TABLE(function(..)) [AS alias]</c>, window functions such as TUMBLE among them.
/// </summary>
/// <param name="Call">The call, its arguments possibly <see cref="TableArgument"/>, <see cref="Descriptor"/>
/// and <see cref="NamedArgument"/>.</param>
/// <param name="IsLateral">Whether LATERAL was written.</param>
/// <param name="Alias">Its alias.</param>
public sealed record TableFunction(FunctionCall Call, bool IsLateral, TableAlias? Alias) : TableRef;

/// <summary><c>UNNEST(expression) [WITH ORDINALITY] [AS alias (columns)]</c>.</summary>
public sealed record UnnestTable(
    SyntaxList<SqlExpr> Inputs, bool WithOrdinality, TableAlias? Alias) : TableRef;

/// <summary>A join; <c>a, b</c> is a cross join with <paramref name="IsComma"/>.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="IsNatural">Whether NATURAL was written.</param>
/// <param name="IsComma">Whether the tables were only listed.</param>
/// <param name="Left">The left side.</param>
/// <param name="Right">The right side.</param>
/// <param name="On">The condition; null for cross, natural and USING joins.</param>
/// <param name="Using">The columns of USING; empty without it.</param>
public sealed record JoinTable(
    JoinKind Kind,
    bool IsNatural,
    bool IsComma,
    TableRef Left,
    TableRef Right,
    SqlExpr? On,
    SyntaxList<Identifier> Using) : TableRef;

/// <summary>The joins that the grammar can write; semi and anti joins come from subqueries.</summary>
public enum JoinKind
{
    Inner,
    Left,
    Right,
    Full,
    Cross,
}

/// <summary><c>input MATCH_RECOGNIZE (..) [AS alias]</c>.</summary>
/// <param name="Input">The table that is searched.</param>
/// <param name="PartitionBy">The partition keys; empty for one partition.</param>
/// <param name="OrderBy">The order of the rows, by Flink's rule a time attribute first.</param>
/// <param name="Measures">What a match gives.</param>
/// <param name="RowsPerMatch">What was written of ONE|ALL ROWS PER MATCH.</param>
/// <param name="AfterMatch">Where the search goes on; null when AFTER MATCH was not written.</param>
/// <param name="Pattern">The pattern.</param>
/// <param name="IsAnchoredAtStart">Whether the pattern begins with <c>^</c>.</param>
/// <param name="IsAnchoredAtEnd">Whether the pattern ends with <c>$</c>.</param>
/// <param name="Within">The longest time of a match, an interval.</param>
/// <param name="Subsets">The unions of variables.</param>
/// <param name="Define">The conditions; a variable without one takes any row.</param>
/// <param name="Alias">The alias of the result.</param>
public sealed record MatchRecognize(
    TableRef Input,
    SyntaxList<SqlExpr> PartitionBy,
    SyntaxList<SortKey> OrderBy,
    SyntaxList<MeasureItem> Measures,
    RowsPerMatch RowsPerMatch,
    AfterMatchSkip? AfterMatch,
    Pattern Pattern,
    bool IsAnchoredAtStart,
    bool IsAnchoredAtEnd,
    SqlExpr? Within,
    SyntaxList<PatternSubset> Subsets,
    SyntaxList<PatternDefinition> Define,
    TableAlias? Alias) : TableRef;

/// <summary>How many rows a match gives, as written.</summary>
public enum RowsPerMatch
{
    Unspecified,
    One,
    All,
}

/// <summary>One measure: <c>expression AS name</c>.</summary>
public sealed record MeasureItem(SqlExpr Expression, Identifier Name) : SqlNode;

/// <summary>Where the search goes on after a match.</summary>
/// <param name="Kind">The rule.</param>
/// <param name="Variable">The variable, for ToFirst and ToLast only.</param>
public sealed record AfterMatchSkip(AfterMatchKind Kind, Identifier? Variable) : SqlNode;

/// <summary>The rules of AFTER MATCH SKIP.</summary>
public enum AfterMatchKind
{
    PastLastRow,
    ToNextRow,
    ToFirst,
    ToLast,
}

/// <summary><c>SUBSET name = (a, b)</c>.</summary>
public sealed record PatternSubset(Identifier Name, SyntaxList<Identifier> Variables) : SqlNode;

/// <summary><c>variable AS condition</c> in DEFINE.</summary>
public sealed record PatternDefinition(Identifier Variable, SqlExpr Condition) : SqlNode;
