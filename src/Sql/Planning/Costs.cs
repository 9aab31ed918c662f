using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>What the optimizer must know of an expression before it copies or moves it.</summary>
internal static partial class Costs
{
    private static readonly FrozenSet<string> _volatile = new[]
    {
        "RAND", "RAND_INTEGER", "UUID", "NOW", "CURRENT_TIMESTAMP", "CURRENT_ROW_TIMESTAMP", "CURRENT_DATE",
        "CURRENT_TIME", "LOCALTIME", "LOCALTIMESTAMP", "PROCTIME", "CURRENT_WATERMARK", "UNIX_TIMESTAMP",
    }.ToFrozenSet();

    /// <summary>Whether two evaluations on equal rows could differ.</summary>
    public static bool IsVolatile(Expr expression) =>
        ExprTree.Any(expression, e => e is Call call && _volatile.Contains(call.Function));

    /// <summary>
    /// Whether a copy costs nothing: a column, a constant, or a field that a scan decodes for all.
    /// </summary>
    /// <param name="decodesJson">The columns are those of a scan that decodes JSON fields.</param>
    public static bool IsFree(Expr expression, bool decodesJson) =>
        expression is InputRef or Literal || (decodesJson && JsonPath(expression) is not null);

    /// <summary>
    /// The member names where the expression is <c>JSON_VALUE(column, '$.a.b')</c> with NULL ON EMPTY and ON
    /// ERROR over a STRING column, else null.
    /// </summary>
    public static string[]? JsonPath(Expr expression)
    {
        if (expression is not Call
            { Function: "JSON_VALUE", Arguments: [InputRef column, Literal path] } call)
            return null;
        if (column.Type is not { Kind: TypeKind.VarChar, Precision: LogicalType.MaxLength }
            || path.Text is null)
            return null;
        bool isPlain = call.Options.IsDefaultOrEmpty || call.Options.All(o =>
            o.StartsWith("RETURNING ", StringComparison.Ordinal) || o is "NULL ON EMPTY" or "NULL ON ERROR");
        if (!isPlain || !PlainPath().IsMatch(path.Text)) return null;
        return path.Text[2..].Split('.');
    }

    [GeneratedRegex(@"^\$(\.[A-Za-z_][A-Za-z0-9_]*)+$")]
    private static partial Regex PlainPath();
}
