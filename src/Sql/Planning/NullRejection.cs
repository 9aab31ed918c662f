using Millrace.Shared.Expressions;

namespace Millrace.Sql.Planning;

/// <summary>Conditions that cannot be TRUE when certain columns are NULL.</summary>
internal static class NullRejection
{
    /// <summary>
    /// Whether the condition is never TRUE on a row where all columns of the kind are NULL; may miss some.
    /// </summary>
    public static bool Rejects(Expr condition, Predicate<int> isNull) => condition switch
    {
        InputRef column => isNull(column.Index),
        Call { Function: "AND" } and => and.Arguments.Any(a => Rejects(a, isNull)),
        Call { Function: "OR" } or => or.Arguments.All(a => Rejects(a, isNull)),
        Call { Function: "IS NOT NULL" or "IS TRUE" or "IS FALSE" or "NOT" } test =>
            IsNullThen(test.Arguments[0], isNull),
        Call { Function: "=" or "<>" or "<" or "<=" or ">" or ">=" } comparison =>
            comparison.Arguments.Any(a => IsNullThen(a, isNull)),
        _ => false,
    };

    /// <summary>Whether the value is NULL on such a row.</summary>
    private static bool IsNullThen(Expr value, Predicate<int> isNull) => value switch
    {
        InputRef column => isNull(column.Index),
        Call { Function: "CAST" or "TRY_CAST" or "+" or "-" or "*" or "/" or "UPPER" or "LOWER" } strict =>
            strict.Arguments.Any(a => IsNullThen(a, isNull)),
        _ => false,
    };
}
