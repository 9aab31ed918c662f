using Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>
/// Where a bare NULL may stand, as in Flink: where something else gives it a type, in comparisons, IN,
/// BETWEEN, CASE, COALESCE, IFNULL, and where the type does not matter.
/// </summary>
internal static class NullRules
{
    private static readonly string[] _functions = ["COALESCE", "IFNULL", "NULLIF", "TYPEOF"];

    public static SqlException Illegal(SqlNode at) => new(
        SqlErrorKind.Invalid, "Illegal use of 'NULL': it has no type here; write CAST(NULL AS type).",
        at.Span);

    /// <exception cref="SqlException">
    /// One of the node's operands is a NULL that nothing gives a type.
    /// </exception>
    public static void Check(SqlExpr node)
    {
        if (!GivesNoType(node)) return;
        SqlExpr? bare = SyntaxWalk.Children(node).FirstOrDefault(c => c is NullLiteral);
        if (bare is not null) throw Illegal(bare);
    }

    private static bool GivesNoType(SqlExpr node) => node switch
    {
        UnaryExpr or LikeExpr or RowConstructor or TrimExpr or JsonValueCall or JsonQueryCall
            or JsonExistsCall =>
            true,
        BinaryExpr binary => binary.Operator is not (BinaryOperator.Equal or BinaryOperator.NotEqual
            or BinaryOperator.Less or BinaryOperator.LessOrEqual
            or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual),
        IsTest test => test.Kind != IsTestKind.Null,
        FunctionCall call => !_functions.Contains(call.UpperName),
        _ => false,
    };
}
