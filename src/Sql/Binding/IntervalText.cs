using System.Globalization;
using System.Text.RegularExpressions;
using Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>The text of an INTERVAL literal to its months or milliseconds.</summary>
internal static partial class IntervalText
{
    private const int DefaultLeadingDigits = 2;

    /// <exception cref="SqlException">
    /// The text does not fit the units, or has more digits than they allow.
    /// </exception>
    public static long Parse(IntervalLiteral literal)
    {
        IntervalQualifier qualifier = literal.Qualifier;
        Match match = Shape(qualifier).Match(literal.Text.Trim());
        if (!match.Success) throw Malformed(literal);
        bool isNegative = (match.Groups["sign"].Value == "-") != literal.IsNegative;
        CheckDigits(literal, match.Groups["lead"].Value);
        long value = Value(qualifier, match);
        return isNegative ? -value : value;
    }

    private static long Value(IntervalQualifier qualifier, Match match)
    {
        long total = 0;
        try
        {
            total = checked(Parse(match.Groups["lead"]) * Unit(qualifier.Start));
            foreach (TimeUnit unit in Units(qualifier).Skip(1))
                total = checked(total + (Parse(match.Groups[unit.ToString()]) * Unit(unit)));
        }
        catch (OverflowException)
        {
            return long.MaxValue;
        }
        string fraction = match.Groups["fraction"].Value;
        return fraction.Length == 0
            ? total
            : total + long.Parse(fraction.PadRight(3, '0')[..3], CultureInfo.InvariantCulture);
    }

    private static long Parse(Group group) =>
        long.Parse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Milliseconds or months of a unit.</summary>
    private static long Unit(TimeUnit unit) => unit switch
    {
        TimeUnit.Second => 1_000,
        TimeUnit.Minute => 60_000,
        TimeUnit.Hour => 3_600_000,
        TimeUnit.Day => 86_400_000,
        TimeUnit.Week => 604_800_000,
        TimeUnit.Month => 1,
        TimeUnit.Quarter => 3,
        TimeUnit.Year => 12,
        _ => throw new SqlException(SqlErrorKind.Invalid, $"An interval has no unit {unit}.", default),
    };

    private static IEnumerable<TimeUnit> Units(IntervalQualifier qualifier)
    {
        TimeUnit[] order =
            [TimeUnit.Year, TimeUnit.Month, TimeUnit.Day, TimeUnit.Hour, TimeUnit.Minute, TimeUnit.Second];
        if (qualifier.End is not { } end) return [qualifier.Start];
        return order.SkipWhile(u => u != qualifier.Start).TakeWhile(u => u != end).Append(end);
    }

    private static Regex Shape(IntervalQualifier qualifier)
    {
        string pattern = @"^(?<sign>[+-])?(?<lead>\d+)";
        TimeUnit last = qualifier.Start;
        foreach (TimeUnit unit in Units(qualifier).Skip(1))
        {
            string separator = last == TimeUnit.Day ? @"\s+" : unit == TimeUnit.Month ? "-" : ":";
            pattern += $@"{separator}(?<{unit}>\d{{1,2}})";
            last = unit;
        }
        if (last == TimeUnit.Second) pattern += @"(\.(?<fraction>\d{1,9}))?";
        return new Regex(pattern + "$", RegexOptions.CultureInvariant);
    }

    private static void CheckDigits(IntervalLiteral literal, string lead)
    {
        int allowed = literal.Qualifier.Precision ?? DefaultLeadingDigits;
        string digits = lead.TrimStart('0');
        if (digits.Length <= allowed) return;
        string unit = literal.Qualifier.Start.ToString().ToUpperInvariant();
        throw new SqlException(
            SqlErrorKind.Invalid,
            $"Interval field value {lead} exceeds the precision of a {unit}({allowed}) field; write "
            + $"{unit}({digits.Length}).",
            literal.Span);
    }

    private static SqlException Malformed(IntervalLiteral literal)
    {
        string units = string.Join(
            " TO ", new[] { literal.Qualifier.Start, literal.Qualifier.End ?? literal.Qualifier.Start }
            .Distinct().Select(u => u.ToString().ToUpperInvariant()));
        return new SqlException(
            SqlErrorKind.Invalid, $"'{literal.Text}' is no interval of {units}.", literal.Span);
    }
}
