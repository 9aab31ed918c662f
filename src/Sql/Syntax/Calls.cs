namespace Millrace.Sql.Syntax;

/// <summary>
/// A call of a function by name. Functions with a grammar of their own arrive here too where plain arguments
/// say the same: <c>POSITION(a IN b)</c> as POSITION with a and b, <c>SUBSTRING(s FROM f FOR n)</c> and
/// <c>OVERLAY(s PLACING r FROM f FOR n)</c> likewise; CURRENT_TIMESTAMP and its kin are calls without
/// arguments; EXTRACT, FLOOR and CEIL to a unit, TIMESTAMPADD and TIMESTAMPDIFF have a
/// <see cref="TimeUnitArgument"/> where the unit is written.
/// </summary>
/// <param name="Name">The name as written, possibly qualified.</param>
/// <param name="Arguments">The arguments; <c>COUNT(*)</c> has one <see cref="StarArgument"/>.</param>
public sealed record FunctionCall(QualifiedName Name, SyntaxList<SqlExpr> Arguments) : SqlExpr
{
    /// <summary>The own name in upper case.</summary>
    public string UpperName => Name.Simple.ToUpperInvariant();

    /// <summary>Whether DISTINCT stands before the arguments.</summary>
    public bool IsDistinct { get; init; }

    /// <summary>ORDER BY inside the brackets, as in <c>ARRAY_AGG(x ORDER BY y)</c>.</summary>
    public SyntaxList<SortKey> OrderBy { get; init; } = [];

    /// <summary>IGNORE NULLS (true), RESPECT NULLS (false), or neither.</summary>
    public bool? IgnoreNulls { get; init; }

    /// <summary>The keys of WITHIN GROUP (ORDER BY ..).</summary>
    public SyntaxList<SortKey> WithinGroup { get; init; } = [];

    /// <summary>The condition of FILTER (WHERE ..).</summary>
    public SqlExpr? Filter { get; init; }

    /// <summary>The window of OVER; null for a call without OVER.</summary>
    public WindowSpec? Over { get; init; }
}

/// <summary><c>*</c> as the argument of COUNT.</summary>
public sealed record StarArgument : SqlExpr;

/// <summary>A unit of time as an argument.</summary>
public sealed record TimeUnitArgument(TimeUnit Unit) : SqlExpr;

/// <summary><c>name =&gt; value</c>.</summary>
public sealed record NamedArgument(Identifier Name, SqlExpr Value) : SqlExpr;

/// <summary><c>TABLE t [PARTITION BY ..] [ORDER BY ..]</c> or <c>TABLE (query)</c> as an argument.</summary>
/// <param name="Table">The named table or the derived one.</param>
/// <param name="PartitionBy">The partition keys; empty without.</param>
/// <param name="OrderBy">The sort keys; empty without.</param>
public sealed record TableArgument(
    TableRef Table, SyntaxList<SqlExpr> PartitionBy, SyntaxList<SortKey> OrderBy) : SqlExpr;

/// <summary><c>DESCRIPTOR(a, b)</c>.</summary>
public sealed record Descriptor(SyntaxList<Identifier> Columns) : SqlExpr;

/// <summary><c>TRIM([BOTH|LEADING|TRAILING] [characters] FROM operand)</c> or <c>TRIM(operand)</c>.</summary>
/// <param name="Side">Which ends.</param>
/// <param name="Characters">What is taken away; null for blanks.</param>
/// <param name="Operand">The text.</param>
public sealed record TrimExpr(TrimSide Side, SqlExpr? Characters, SqlExpr Operand) : SqlExpr;

/// <summary>The ends that TRIM works on.</summary>
public enum TrimSide
{
    Both,
    Leading,
    Trailing,
}

/// <summary><c>RUNNING expression</c> or <c>FINAL expression</c> in MATCH_RECOGNIZE.</summary>
public sealed record MatchSemantics(bool IsFinal, SqlExpr Operand) : SqlExpr;

/// <summary><c>JSON_VALUE(input, path [RETURNING type] [.. ON EMPTY] [.. ON ERROR])</c>.</summary>
/// <param name="Input">The text.</param>
/// <param name="Path">The path.</param>
/// <param name="Returning">The result's type; null for STRING.</param>
/// <param name="OnEmpty">What an absent value gives; null when not written: NULL.</param>
/// <param name="OnError">What an error gives; null when not written: NULL.</param>
public sealed record JsonValueCall(
    SqlExpr Input, SqlExpr Path, TypeName? Returning, JsonBehavior? OnEmpty, JsonBehavior? OnError) : SqlExpr;

/// <summary><c>JSON_QUERY(input, path [RETURNING type] [wrapper] [.. ON EMPTY] [.. ON ERROR])</c>.</summary>
public sealed record JsonQueryCall(
    SqlExpr Input,
    SqlExpr Path,
    TypeName? Returning,
    JsonWrapper Wrapper,
    JsonBehavior? OnEmpty,
    JsonBehavior? OnError) : SqlExpr;

/// <summary><c>JSON_EXISTS(input, path [TRUE|FALSE|UNKNOWN|ERROR ON ERROR])</c>.</summary>
public sealed record JsonExistsCall(SqlExpr Input, SqlExpr Path, JsonBehavior? OnError) : SqlExpr;

/// <summary>What stands before ON EMPTY or ON ERROR.</summary>
/// <param name="Kind">The behaviour.</param>
/// <param name="Default">The value, for Default only.</param>
public sealed record JsonBehavior(JsonBehaviorKind Kind, SqlExpr? Default) : SqlNode;

/// <summary>The behaviours of ON EMPTY and ON ERROR.</summary>
public enum JsonBehaviorKind
{
    Null,
    Error,
    Default,
    EmptyArray,
    EmptyObject,
    True,
    False,
    Unknown,
}

/// <summary>The wrapper clause of JSON_QUERY, as written.</summary>
public enum JsonWrapper
{
    Unspecified,
    Without,
    Conditional,
    Unconditional,
}

/// <summary><c>JSON_OBJECT([KEY] name VALUE value, .. [NULL|ABSENT ON NULL])</c>.</summary>
public sealed record JsonObjectCall(SyntaxList<JsonMember> Members, JsonNulls Nulls) : SqlExpr;

/// <summary>One member of an object.</summary>
public sealed record JsonMember(SqlExpr Key, SqlExpr Value) : SqlNode;

/// <summary><c>JSON_ARRAY(a, b, .. [NULL|ABSENT ON NULL])</c>.</summary>
public sealed record JsonArrayCall(SyntaxList<SqlExpr> Items, JsonNulls Nulls) : SqlExpr;

/// <summary><c>JSON_OBJECTAGG([KEY] name VALUE value [NULL|ABSENT ON NULL])</c>.</summary>
public sealed record JsonObjectAggCall(
    SqlExpr Key, SqlExpr Value, JsonNulls Nulls, SqlExpr? Filter) : SqlExpr;

/// <summary><c>JSON_ARRAYAGG(value [ORDER BY ..] [NULL|ABSENT ON NULL])</c>.</summary>
public sealed record JsonArrayAggCall(
    SqlExpr Item, SyntaxList<SortKey> OrderBy, JsonNulls Nulls, SqlExpr? Filter) : SqlExpr;

/// <summary>
/// What a NULL becomes in a JSON constructor; the defaults differ: NULL in objects, ABSENT in arrays.
/// </summary>
public enum JsonNulls
{
    Unspecified,
    Null,
    Absent,
}
