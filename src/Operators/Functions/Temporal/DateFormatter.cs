using System.Text;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>
/// Prints a moment by a pattern, as java.time does, or as java.text.SimpleDateFormat does where <paramref
/// name="isSimple"/>: they differ in S (fraction digits or milliseconds). English names, weeks from Sunday.
/// </summary>
internal sealed class DateFormatter(DatePattern pattern, bool isSimple)
{
    private static readonly string[] Months =
    [
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ];

    private static readonly string[] Days =
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    private readonly byte[][] _texts = [.. pattern.Parts.Select(p => Encoding.UTF8.GetBytes(p.Text))];

    /// <param name="localMs">The clock to print, since 1970-01-01 of the same clock.</param>
    /// <param name="nanos">Below the millisecond.</param>
    /// <param name="offsetMs">The zone's offset, for Z and X.</param>
    public void Write(long localMs, int nanos, long offsetMs, TextBuffer output)
    {
        var moment = new Moment(localMs, nanos, offsetMs);
        for (int i = 0; i < _texts.Length; i++)
            if (pattern.Parts[i].IsText) output.Append(_texts[i]);
            else WriteField(pattern.Parts[i], moment, output);
    }

    private void WriteField(DatePattern.Part part, in Moment moment, TextBuffer output)
    {
        switch (part.Letter)
        {
            case 'y' or 'u' or 'Y':
                int year = part.Letter == 'Y' ? moment.WeekYear : moment.Year;
                Number(part.Count == 2 ? year % 100 : year, part.Count, output);
                break;
            case 'M' or 'L' when part.Count >= 3:
                Name(Months[moment.Month - 1], part.Count, output);
                break;
            case 'E':
                Name(Days[moment.DayOfWeek], part.Count, output);
                break;
            case 'S' when !isSimple:
                Fraction(moment.NanoOfSecond, part.Count, output);
                break;
            case 'a':
                output.Append(moment.Hour < 12 ? "AM"u8 : "PM"u8);
                break;
            case 'G':
                output.Append("AD"u8);
                break;
            case 'Q' or 'q' when part.Count == 3:
                output.Append("Q"u8);
                Number(moment.Quarter, 1, output);
                break;
            case 'z' or 'Z' or 'X' or 'x':
                Offset(part, moment.OffsetMs, output);
                break;
            default:
                Number(moment.Field(part.Letter), part.Count, output);
                break;
        }
    }

    private static void Number(int value, int width, TextBuffer output)
    {
        if (value < 0) output.Append("-"u8);
        output.Advance(TimeText.WriteDigits((uint)System.Math.Abs(value), width, output.Room(width + 16)));
    }

    private static void Name(string name, int count, TextBuffer output) =>
        output.Append(Encoding.ASCII.GetBytes(count == 4 ? name : count == 5 ? name[..1] : name[..3]));

    private static void Fraction(int nanoOfSecond, int count, TextBuffer output)
    {
        Span<byte> digits = output.Room(System.Math.Max(count, 9) + 1);
        TimeText.WriteDigits((uint)nanoOfSecond, 9, digits);
        for (int i = 9; i < count; i++) digits[i] = (byte)'0';
        output.Advance(count);
    }

    private static void Offset(DatePattern.Part part, long offsetMs, TextBuffer output)
    {
        if (offsetMs == 0 && part.Letter is 'X' or 'z')
        {
            output.Append(part.Letter == 'X' ? "Z"u8 : "UTC"u8);
            return;
        }
        int minutes = (int)(System.Math.Abs(offsetMs) / 60_000);
        if (part.Letter == 'z') output.Append("GMT"u8);
        output.Append(offsetMs < 0 ? "-"u8 : "+"u8);
        Number(minutes / 60, 2, output);
        if (part is { Letter: 'X' or 'x', Count: 1 }) return;
        if (part.Letter == 'z' || (part.Letter is 'X' or 'x' && part.Count == 3)) output.Append(":"u8);
        Number(minutes % 60, 2, output);
    }

    /// <summary>The fields of a moment on its own clock.</summary>
    private readonly struct Moment
    {
        private readonly int _days;
        private readonly int _msOfDay;
        private readonly int _nanos;

        public Moment(long localMs, int nanos, long offsetMs)
        {
            _days = (int)Calendar.FloorDiv(localMs, Calendar.MsPerDay);
            _msOfDay = (int)(localMs - (_days * Calendar.MsPerDay));
            _nanos = nanos;
            OffsetMs = offsetMs;
            Calendar.FromDays(_days, out int year, out int month, out int day);
            (Year, Month, Day) = (year, month, day);
        }

        public int Year { get; }

        public int Month { get; }

        public int Day { get; }

        public long OffsetMs { get; }

        public int Hour => _msOfDay / 3_600_000;

        public int Quarter => ((Month - 1) / 3) + 1;

        public int NanoOfSecond => (_msOfDay % 1000 * 1_000_000) + _nanos;

        /// <summary>0 is Sunday.</summary>
        public int DayOfWeek => (int)Calendar.FloorMod(_days + 4L, 7);

        /// <summary>The year whose first week, that of January 1, or a later one holds the date.</summary>
        public int WeekYear => LastDayOfWeek >= Calendar.ToDays(Year + 1, 1, 1) ? Year + 1 : Year;

        private int LastDayOfWeek => _days - DayOfWeek + 6;

        private int WeekOfYear
        {
            get
            {
                int january1 = Calendar.ToDays(WeekYear, 1, 1);
                int sunday = january1 - (int)Calendar.FloorMod(january1 + 4L, 7);
                return ((_days - sunday) / 7) + 1;
            }
        }

        public int Field(char letter) => letter switch
        {
            'M' or 'L' => Month,
            'd' => Day,
            'D' => Calendar.DayOfYear(_days),
            'H' => Hour,
            'k' => Hour == 0 ? 24 : Hour,
            'K' => Hour % 12,
            'h' => Hour % 12 == 0 ? 12 : Hour % 12,
            'm' => _msOfDay / 60_000 % 60,
            's' => _msOfDay / 1000 % 60,
            'S' => _msOfDay % 1000,
            'n' => NanoOfSecond,
            'Q' or 'q' => Quarter,
            'w' => WeekOfYear,
            _ => DayOfWeek + 1,
        };
    }
}
