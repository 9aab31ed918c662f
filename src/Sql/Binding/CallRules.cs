using System.Collections.Frozen;
using Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>Calls that are no scalar functions: recognised to be refused by name.</summary>
internal static class CallRules
{
    private static readonly FrozenSet<string> _groupWindows = new[]
    {
        "TUMBLE", "HOP", "SESSION", "CUMULATE",
        "TUMBLE_START", "TUMBLE_END", "TUMBLE_ROWTIME", "TUMBLE_PROCTIME",
        "HOP_START", "HOP_END", "HOP_ROWTIME", "HOP_PROCTIME", "SESSION_START", "SESSION_END",
        "SESSION_ROWTIME",
        "SESSION_PROCTIME",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> _overOnly = new[]
    {
        "ROW_NUMBER", "RANK", "DENSE_RANK", "LEAD", "LAG", "NTILE", "CUME_DIST", "PERCENT_RANK",
    }.ToFrozenSet();

    /// <summary>Whether the name is one of the grouped window functions of GROUP BY.</summary>
    public static bool IsGroupWindow(string upperName) => _groupWindows.Contains(upperName);

    /// <exception cref="SqlException">
    /// The call is a window function, or has clauses that only aggregates take.
    /// </exception>
    public static void Check(FunctionCall call)
    {
        if (call.Over is { } over) throw RefuseOver(call, over);
        if (IsGroupWindow(call.UpperName))
            throw Unsupported($"The window function {call.UpperName} is not supported yet.", call);
        if (_overOnly.Contains(call.UpperName))
            throw new SqlException(SqlErrorKind.Invalid, $"{call.UpperName} needs OVER (…).", call.Span);
        if (call.Arguments.Any(a => a is NamedArgument or TableArgument or Descriptor))
            throw Unsupported($"{call.UpperName} with named or table arguments is not supported yet.", call);
    }

    /// <summary>What no stream can do is told from what Millrace cannot do yet.</summary>
    private static SqlException RefuseOver(FunctionCall call, WindowSpec over)
    {
        if (call.UpperName == "LEAD")
            return new SqlException(
                SqlErrorKind.Invalid,
                "LEAD is not supported on streams: the next row has not come yet; write LAG.", call.Span);
        if (call.UpperName is "ROW_NUMBER" or "RANK" or "DENSE_RANK" && over.BaseName is null
            && over.OrderBy.Count == 0)
            return new SqlException(
                SqlErrorKind.Invalid, $"{call.UpperName} needs ORDER BY in its OVER (…).", call.Span);
        return Unsupported($"OVER windows ({call.UpperName} OVER (…)) are not supported yet.", call);
    }

    private static SqlException Unsupported(string message, SqlNode at) =>
        new(SqlErrorKind.Unsupported, message, at.Span);
}
