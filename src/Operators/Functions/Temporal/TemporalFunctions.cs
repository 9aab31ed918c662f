using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>Functions of dates and times; FLOOR and CEIL are with the numbers.</summary>
internal static class TemporalFunctions
{
    public static FunctionDefinition[] All =>
    [
        .. ClockFunctions.All,
        .. TextTimeFunctions.All,
        new(Extraction.Name, Extraction.Bind, Extraction.Choose) { IsCheapAndSafe = _ => true },
        Extraction.Short("YEAR", "YEAR"),
        Extraction.Short("QUARTER", "QUARTER"),
        Extraction.Short("MONTH", "MONTH"),
        Extraction.Short("WEEK", "WEEK"),
        Extraction.Short("DAYOFYEAR", "DOY"),
        Extraction.Short("DAYOFMONTH", "DAY"),
        Extraction.Short("DAYOFWEEK", "DOW"),
        Extraction.Short("HOUR", "HOUR"),
        Extraction.Short("MINUTE", "MINUTE"),
        Extraction.Short("SECOND", "SECOND"),
        new("TIMESTAMPADD", TimestampMath.BindAdd),
        new("TIMESTAMPDIFF", TimestampMath.BindDifference, (call, _) => TimestampMath.ChooseDifference(call))
        {
            IsCheapAndSafe = _ => true,
        },
        new("OVERLAPS", BindOverlaps),
    ];

    /// <summary>Two periods, each a start and an end or a length, have an instant in common.</summary>
    private static Expr BindOverlaps(CallSite site)
    {
        site.Arity(4);
        (Expr firstStart, Expr firstEnd) = Period(site[0], site[1]);
        (Expr secondStart, Expr secondEnd) = Period(site[2], site[3]);
        return FunctionCatalog.Bind(
            "AND",
            [
                FunctionCatalog.Bind(">=", [firstEnd, secondStart]),
                FunctionCatalog.Bind(">=", [secondEnd, firstStart]),
            ]);
    }

    private static (Expr Start, Expr End) Period(Expr start, Expr endOrLength)
    {
        Expr end = endOrLength.Type.IsInterval
            ? FunctionCatalog.Bind("+", [start, endOrLength]) : endOrLength;
        LogicalType? common = CommonType.Of(start.Type, end.Type);
        if (common is null || !TimeUnits.IsTime(common))
            throw new FunctionException(
                "OVERLAPS takes two periods, each of two times or of a time and an interval.");
        Expr isInOrder = FunctionCatalog.Bind("<=", [start, end]);
        return (
            FunctionCatalog.Bind("CASE", [isInOrder, start, end]),
            FunctionCatalog.Bind("CASE", [isInOrder, end, start]));
    }
}
