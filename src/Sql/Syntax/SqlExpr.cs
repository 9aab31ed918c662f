namespace Millrace.Sql.Syntax;

/// <summary>An expression. The literals are in <c>Literals.cs</c>, the calls in <c>Calls.cs</c>.</summary>
public abstract record SqlExpr : SqlNode;

/// <summary>
/// A dotted name: a column, a table's column, a field of a row, or a pattern variable's column.
/// </summary>
/// <param name="Parts">One or more names; which of them is the table is for the binder to find out.</param>
public sealed record ColumnRef(SyntaxList<Identifier> Parts) : SqlExpr
{
    public override string ToString() => string.Join('.', Parts.Select(part => part.Value));
}

/// <summary>
/// <c>operand.field</c> where the operand is not a name: <c>f(x).a</c>, <c>(row).a</c>, <c>a[1].b</c>.
/// </summary>
public sealed record FieldAccess(SqlExpr Operand, Identifier Field) : SqlExpr;

/// <summary><c>operand[index]</c>.</summary>
public sealed record Subscript(SqlExpr Operand, SqlExpr Index) : SqlExpr;

/// <summary>A prefix operator.</summary>
public sealed record UnaryExpr(UnaryOperator Operator, SqlExpr Operand) : SqlExpr;

/// <summary>The prefix operators.</summary>
public enum UnaryOperator
{
    Not,
    Minus,
    Plus,
}

/// <summary>An operator between two operands; AND and OR are binary, left to right.</summary>
public sealed record BinaryExpr(BinaryOperator Operator, SqlExpr Left, SqlExpr Right) : SqlExpr;

/// <summary>The operators between two operands.</summary>
public enum BinaryOperator
{
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Concat,
}

/// <summary><c>left IS [NOT] DISTINCT FROM right</c>.</summary>
public sealed record DistinctFrom(SqlExpr Left, SqlExpr Right, bool IsNegated) : SqlExpr;

/// <summary><c>operand IS [NOT] NULL</c> and its kin.</summary>
public sealed record IsTest(SqlExpr Operand, IsTestKind Kind, bool IsNegated) : SqlExpr;

/// <summary>What follows IS.</summary>
public enum IsTestKind
{
    Null,
    True,
    False,
    Unknown,
    JsonValue,
    JsonObject,
    JsonArray,
    JsonScalar,
}

/// <summary><c>operand [NOT] BETWEEN [SYMMETRIC] low AND high</c>.</summary>
public sealed record BetweenExpr(
    SqlExpr Operand, SqlExpr Low, SqlExpr High, bool IsSymmetric, bool IsNegated) : SqlExpr;

/// <summary><c>operand [NOT] LIKE|SIMILAR TO pattern [ESCAPE escape]</c>.</summary>
public sealed record LikeExpr(
    SqlExpr Operand, SqlExpr Pattern, SqlExpr? Escape, bool IsSimilar, bool IsNegated) : SqlExpr;

/// <summary><c>operand [NOT] IN (a, b, ..)</c>.</summary>
public sealed record InList(SqlExpr Operand, SyntaxList<SqlExpr> Values, bool IsNegated) : SqlExpr;

/// <summary><c>operand [NOT] IN (query)</c>; the operand may be a row.</summary>
public sealed record InQuery(SqlExpr Operand, QueryNode Query, bool IsNegated) : SqlExpr;

/// <summary><c>left op ANY|ALL (query)</c>; SOME is ANY.</summary>
public sealed record QuantifiedComparison(
    SqlExpr Left, BinaryOperator Operator, bool IsAll, QueryNode Query) : SqlExpr;

/// <summary><c>EXISTS (query)</c>.</summary>
public sealed record ExistsExpr(QueryNode Query) : SqlExpr;

/// <summary><c>(query)</c> as a value.</summary>
public sealed record ScalarSubquery(QueryNode Query) : SqlExpr;

/// <summary><c>CASE [operand] WHEN .. THEN .. [ELSE ..] END</c>.</summary>
/// <param name="Operand">The value that each WHEN is compared with; null for the searched form.</param>
/// <param name="Branches">At least one branch.</param>
/// <param name="Else">The value when no branch fits; null stands for NULL.</param>
public sealed record CaseExpr(SqlExpr? Operand, SyntaxList<CaseBranch> Branches, SqlExpr? Else) : SqlExpr;

/// <summary><c>WHEN condition THEN result</c>.</summary>
public sealed record CaseBranch(SqlExpr Condition, SqlExpr Result) : SqlNode;

/// <summary><c>CAST(operand AS type)</c> or TRY_CAST.</summary>
public sealed record CastExpr(SqlExpr Operand, TypeName Type, bool IsTry) : SqlExpr;

/// <summary><c>ROW(a, b)</c> or <c>(a, b)</c>.</summary>
public sealed record RowConstructor(SyntaxList<SqlExpr> Items) : SqlExpr;

/// <summary><c>ARRAY[a, b]</c>.</summary>
public sealed record ArrayConstructor(SyntaxList<SqlExpr> Items) : SqlExpr;

/// <summary><c>MAP[k1, v1, k2, v2]</c>: keys and values by turns.</summary>
public sealed record MapConstructor(SyntaxList<SqlExpr> Items) : SqlExpr;
