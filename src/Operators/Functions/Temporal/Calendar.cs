namespace Millrace.Operators.Functions.Temporal;

/// <summary>
/// The proleptic Gregorian calendar on day numbers since 1970-01-01, by Howard Hinnant's algorithms
/// ("chrono-compatible low-level date algorithms").
/// </summary>
internal static class Calendar
{
    public const long MsPerDay = 86_400_000;

    public static void FromDays(int days, out int year, out int month, out int day)
    {
        int z = days + 719_468;
        int era = (z >= 0 ? z : z - 146_096) / 146_097;
        int dayOfEra = z - (era * 146_097);
        int yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        int dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        int shifted = ((5 * dayOfYear) + 2) / 153;
        day = dayOfYear - (((153 * shifted) + 2) / 5) + 1;
        month = shifted < 10 ? shifted + 3 : shifted - 9;
        year = yearOfEra + (era * 400) + (month <= 2 ? 1 : 0);
    }

    public static int ToDays(int year, int month, int day)
    {
        int y = month <= 2 ? year - 1 : year;
        int era = (y >= 0 ? y : y - 399) / 400;
        int yearOfEra = y - (era * 400);
        int dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5) + day - 1;
        int dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * 146_097) + dayOfEra - 719_468;
    }

    public static bool IsLeap(int year) => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    public static int DaysInMonth(int year, int month) => month switch
    {
        2 => IsLeap(year) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>1 to 366.</summary>
    public static int DayOfYear(int days)
    {
        FromDays(days, out int year, out _, out _);
        return days - ToDays(year, 1, 1) + 1;
    }

    /// <summary>
    /// The date <paramref name="months"/> later, or the last of its month where that has no such day.
    /// </summary>
    public static int AddMonths(int days, long months)
    {
        FromDays(days, out int year, out int month, out int day);
        long total = (year * 12L) + (month - 1) + months;
        int newYear = (int)FloorDiv(total, 12);
        int newMonth = (int)(total - (newYear * 12L)) + 1;
        return ToDays(newYear, newMonth, System.Math.Min(day, DaysInMonth(newYear, newMonth)));
    }

    public static long FloorDiv(long value, long divisor)
    {
        long quotient = value / divisor;
        return (value % divisor) < 0 ? quotient - 1 : quotient;
    }

    public static long FloorMod(long value, long divisor) => value - (FloorDiv(value, divisor) * divisor);
}
