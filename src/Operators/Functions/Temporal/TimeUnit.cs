using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>The units of EXTRACT, FLOOR, CEIL, TIMESTAMPADD and TIMESTAMPDIFF.</summary>
internal enum TimeUnit
{
    Nanosecond, Microsecond, Millisecond, Second, Minute, Hour, Day, Week, Month, Quarter, Year, IsoYear,
    Decade, Century, Millennium, DayOfWeek, IsoDayOfWeek, DayOfYear, Epoch,
}

internal static class TimeUnits
{
    /// <summary>The unit that an argument of a call names; SQL_TSI_ in front of it is allowed.</summary>
    /// <exception cref="FunctionException">No such unit.</exception>
    public static TimeUnit Of(CallSite site, int index)
    {
        string word = site.Symbol(index);
        return Parse(word) ?? throw new FunctionException($"{site.Name} does not know the unit {word}.");
    }

    public static TimeUnit? Parse(string word) =>
        word.Replace("SQL_TSI_", "", StringComparison.Ordinal).TrimEnd('S') switch
        {
            "NANOSECOND" => TimeUnit.Nanosecond,
            "MICROSECOND" => TimeUnit.Microsecond,
            "MILLISECOND" => TimeUnit.Millisecond,
            "SECOND" => TimeUnit.Second,
            "MINUTE" => TimeUnit.Minute,
            "HOUR" => TimeUnit.Hour,
            "DAY" => TimeUnit.Day,
            "WEEK" => TimeUnit.Week,
            "MONTH" => TimeUnit.Month,
            "QUARTER" => TimeUnit.Quarter,
            "YEAR" => TimeUnit.Year,
            "ISOYEAR" => TimeUnit.IsoYear,
            "DECADE" => TimeUnit.Decade,
            "CENTURY" => TimeUnit.Century,
            "MILLENNIUM" => TimeUnit.Millennium,
            "DOW" => TimeUnit.DayOfWeek,
            "ISODOW" => TimeUnit.IsoDayOfWeek,
            "DOY" => TimeUnit.DayOfYear,
            "EPOCH" => TimeUnit.Epoch,
            _ => null,
        };

    /// <summary>
    /// Milliseconds of a unit up to a week; 0 for months and above, and for units below a millisecond.
    /// </summary>
    public static long Milliseconds(this TimeUnit unit) => unit switch
    {
        TimeUnit.Millisecond => 1,
        TimeUnit.Second => 1000,
        TimeUnit.Minute => 60_000,
        TimeUnit.Hour => 3_600_000,
        TimeUnit.Day => Calendar.MsPerDay,
        TimeUnit.Week => 7 * Calendar.MsPerDay,
        _ => 0,
    };

    /// <summary>Months of a unit from a month up; 0 below.</summary>
    public static int Months(this TimeUnit unit) => unit switch
    {
        TimeUnit.Month => 1,
        TimeUnit.Quarter => 3,
        TimeUnit.Year => 12,
        _ => 0,
    };

    public static bool IsTime(LogicalType type) =>
        type.Kind is TypeKind.Date or TypeKind.Time || type.IsTimestamp;
}
