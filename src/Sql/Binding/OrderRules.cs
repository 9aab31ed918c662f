using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Ast = Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>
/// ORDER BY, OFFSET and LIMIT: what a stream can never do is told from what Millrace cannot do yet.
/// </summary>
internal static class OrderRules
{
    public static SqlException Refuse(Ast.OrderedQuery query, Rel input)
    {
        if (query.OrderBy.Count == 0)
            return new SqlException(
                SqlErrorKind.Unsupported, "LIMIT and OFFSET are not supported yet.", query.Span);
        var binder = new ExpressionBinder(Scope.Of(null, input.Schema));
        Ast.SortKey first = query.OrderBy[0];
        bool isTime = IsTimeAttribute(first.Expression, binder);
        if (query.Limit is null && query.Offset is null && (!isTime || first.IsDescending))
            return new SqlException(
                SqlErrorKind.Invalid,
                "Sort on a non-time-attribute field is not supported: on a stream, ORDER BY needs an "
                + "ascending time attribute first, or a LIMIT.",
                first.Span);
        return new SqlException(SqlErrorKind.Unsupported, "ORDER BY is not supported yet.", first.Span);
    }

    private static bool IsTimeAttribute(Ast.SqlExpr expression, ExpressionBinder binder)
    {
        try
        {
            return binder.Bind(expression) is InputRef { Type.TimeAttribute: not TimeAttribute.None };
        }
        catch (SqlException)
        {
            // The key may name a column of FROM that SELECT leaves out; that it exists is checked there.
            return true;
        }
    }
}
