using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Ast = Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>Window table functions: what is wrong with one is said before that there are none yet.</summary>
internal static class WindowRules
{
    public static SqlException Refuse(Ast.TableFunction function, FromBinder from)
    {
        if (!CallRules.IsGroupWindow(function.Call.UpperName))
            return new SqlException(
                SqlErrorKind.Unsupported,
                $"The table function {function.Call.UpperName} is not supported yet.",
                function.Call.Span);
        Ast.TableArgument? table = Arguments(function.Call).OfType<Ast.TableArgument>().FirstOrDefault();
        Ast.Descriptor? descriptor = Arguments(function.Call).OfType<Ast.Descriptor>().FirstOrDefault();
        if (table is not null && descriptor is not null) CheckTime(from.Bind(table.Table), descriptor);
        return new SqlException(
            SqlErrorKind.Unsupported,
            $"The window function {function.Call.UpperName} is not supported yet.",
            function.Call.Span);
    }

    private static IEnumerable<Ast.SqlExpr> Arguments(Ast.FunctionCall call) =>
        call.Arguments.Select(a => a is Ast.NamedArgument named ? named.Value : a);

    private static void CheckTime(BoundTable table, Ast.Descriptor descriptor)
    {
        var name = new Ast.ColumnRef([descriptor.Columns[0]]) { Span = descriptor.Span };
        Expr column = new ExpressionBinder(table.Scope).Bind(name);
        if (column.Type.TimeAttribute != TimeAttribute.None) return;
        throw new SqlException(
            SqlErrorKind.Invalid,
            $"A window needs a time attribute: '{name}' is {column.Type.AsNullable()}; declare a WATERMARK "
            + "for it.",
            descriptor.Span);
    }
}
