namespace Millrace.Operators.Functions.Temporal;

/// <summary>What was read by a pattern; what was not is that of 1970-01-01 00:00:00.</summary>
internal sealed class DateFields
{
    private int? _dayOfYear;
    private int? _hour;
    private int? _halfDayHour;
    private bool _isAfternoon;

    public int Year { get; private set; } = 1970;

    public int Month { get; private set; } = 1;

    public int Day { get; private set; } = 1;

    public int Minute { get; private set; }

    public int Second { get; private set; }

    /// <summary>Milliseconds, or what <see cref="SetNanos"/> gave.</summary>
    public int Millisecond { get; private set; }

    public long? OffsetMs { get; set; }

    public int Hour => _hour ?? ((_halfDayHour ?? 0) % 12) + (_isAfternoon ? 12 : 0);

    public void SetAfternoon(bool isAfternoon) => _isAfternoon = isAfternoon;

    public void SetNanos(int nanos) => Millisecond = nanos / 1_000_000;

    public void Set(char letter, int value)
    {
        switch (letter)
        {
            case 'y' or 'u' or 'Y':
                Year = value;
                break;
            case 'M' or 'L':
                Month = value;
                break;
            case 'd':
                Day = value;
                break;
            case 'D':
                _dayOfYear = value;
                break;
            case 'H':
                _hour = value;
                break;
            case 'k':
                _hour = value == 24 ? 0 : value;
                break;
            case 'h' or 'K':
                _halfDayHour = value;
                break;
            case 'm':
                Minute = value;
                break;
            case 's':
                Second = value;
                break;
            case 'S':
                Millisecond = value;
                break;
            default:
                break;
        }
    }

    /// <summary>The clock, fields beyond their range carried over.</summary>
    public long ToLocalMs()
    {
        int firstOfMonth = Calendar.AddMonths(Calendar.ToDays(Year, 1, 1), Month - 1);
        long days = _dayOfYear is { } dayOfYear
            ? Calendar.ToDays(Year, 1, 1) + dayOfYear - 1L : firstOfMonth + Day - 1L;
        return (days * Calendar.MsPerDay) + (Hour * 3_600_000L) + (Minute * 60_000L) + (Second * 1000L)
            + Millisecond;
    }

    /// <summary>
    /// The clock where every field is in range; a day past the end of its month is the last, 24:00:00 the end
    /// of the day.
    /// </summary>
    public bool TryToLocalMs(bool hasDate, out long localMs)
    {
        localMs = 0;
        bool isEndOfDay = Hour == 24 && Minute == 0 && Second == 0 && Millisecond == 0;
        if (Month is < 1 or > 12 || Day is < 1 or > 31 || Minute > 59 || Second > 59) return false;
        if (Hour > 23 && !isEndOfDay) return false;
        Day = System.Math.Min(Day, Calendar.DaysInMonth(Year, Month));
        if (isEndOfDay && !hasDate) _hour = 0;
        localMs = ToLocalMs();
        return true;
    }
}
