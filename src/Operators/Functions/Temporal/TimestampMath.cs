using System.Globalization;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>TIMESTAMPADD and TIMESTAMPDIFF.</summary>
internal static class TimestampMath
{
    /// <summary>t + n * INTERVAL '1' unit; hours and less on a DATE make it a TIMESTAMP.</summary>
    public static Expr BindAdd(CallSite site)
    {
        site.Arity(3);
        TimeUnit unit = TimeUnits.Of(site, 0);
        if (!site.Type(1).IsNumeric || !TimeUnits.IsTime(site.Type(2)))
            throw site.Refuse("a unit, an integer and a date, a time or a timestamp");
        Expr time = site[2];
        if (time.Type.Kind == TypeKind.Date && unit.Milliseconds() is > 0 and < Calendar.MsPerDay)
            time = FunctionCatalog.Coerce(time, LogicalType.Timestamp(6));
        return FunctionCatalog.Bind("+", [time, Interval(site, unit)]);
    }

    /// <summary>A DATE counts as its midnight beside a TIMESTAMP.</summary>
    private static LogicalType? DifferenceType(LogicalType left, LogicalType right)
    {
        if ((left.Kind == TypeKind.TimestampLtz) != (right.Kind == TypeKind.TimestampLtz)) return null;
        if (left.Kind == TypeKind.Date && right.Kind == TypeKind.Timestamp) return right;
        return right.Kind == TypeKind.Date && left.Kind == TypeKind.Timestamp
            ? left : CommonType.Of(left, right);
    }

    /// <summary>
    /// From the second argument to the third, an INT: whole units, a month that is not full does not count.
    /// </summary>
    public static Expr BindDifference(CallSite site)
    {
        site.Arity(3);
        TimeUnit unit = TimeUnits.Of(site, 0);
        if (!TimeUnits.IsTime(site.Type(1)) || !TimeUnits.IsTime(site.Type(2)))
            throw site.Refuse("a unit and two dates or timestamps");
        if (unit.Milliseconds() == 0 && unit.Months() == 0)
            throw new FunctionException($"{site.Name} does not count in {site.Symbol(0)}.");
        LogicalType type = DifferenceType(site.Type(1), site.Type(2))
            ?? throw site.Refuse("a unit and two dates or timestamps, a TIMESTAMP_LTZ only with another one");
        return site.Call(
            LogicalType.Int,
            [site[0], FunctionCatalog.Coerce(site[1], type), FunctionCatalog.Coerce(site[2], type)]);
    }

    public static Kernel ChooseDifference(Call call)
    {
        TimeUnit unit = TimeUnits.Parse(((Literal)call.Arguments[0]).Text!.ToUpperInvariant())!.Value;
        LogicalType type = call.Arguments[1].Type;
        return type.Kind switch
        {
            TypeKind.Date => (arguments, count) => TimeKernels.MapPair<int, int, int>(
                arguments[1], arguments[2], count, (a, b) =>
                    Between(a * Calendar.MsPerDay, b * Calendar.MsPerDay, Calendar.MsPerDay, unit)),
            TypeKind.Time => (arguments, count) =>
                TimeKernels.MapPair<int, int, int>(
                    arguments[1], arguments[2], count, (a, b) => Between(a, b, Calendar.MsPerDay, unit)),
            _ => (arguments, count) =>
                TimeKernels.MapPair<long, long, int>(arguments[1], arguments[2], count,
                    (a, b) => Between(a, b, 86_400 * type.UnitsPerSecond, unit)),
        };
    }

    private static Expr Interval(CallSite site, TimeUnit unit)
    {
        int months = unit.Months();
        long ms = unit.Milliseconds();
        if (months == 0 && ms == 0)
            throw new FunctionException($"{site.Name} does not know the unit {site.Symbol(0)}.");
        LogicalType type = months > 0 ? LogicalType.IntervalYearMonth : LogicalType.IntervalDayTime;
        string text = (months > 0 ? months : ms).ToString(CultureInfo.InvariantCulture);
        Expr count = site.Type(1).IsInteger ? site[1] : FunctionCatalog.Coerce(site[1], LogicalType.BigInt);
        return FunctionCatalog.Bind("*", [new Literal(text, type.NotNull()), count]);
    }

    private static int Between(long from, long to, long unitsPerDay, TimeUnit unit)
    {
        if (unit.Months() is > 0 and int months) return MonthsBetween(from, to, unitsPerDay) / months;
        long unitsPerMs = unitsPerDay / Calendar.MsPerDay;
        return unchecked((int)((to - from) / (unit.Milliseconds() * unitsPerMs)));
    }

    private static int MonthsBetween(long from, long to, long unitsPerDay)
    {
        int fromDay = (int)Calendar.FloorDiv(from, unitsPerDay);
        int toDay = (int)Calendar.FloorDiv(to, unitsPerDay);
        int months = toDay < fromDay ? -MonthsBetweenDays(toDay, fromDay) : MonthsBetweenDays(fromDay, toDay);
        bool isShort = Calendar.AddMonths(fromDay, months) == toDay
            && Calendar.FloorMod(to, unitsPerDay) < Calendar.FloorMod(from, unitsPerDay);
        return isShort ? months - 1 : months;
    }

    /// <summary>
    /// The greatest number of months after which the date is not past <paramref name="to"/>.
    /// </summary>
    private static int MonthsBetweenDays(int from, int to)
    {
        int months = (to - from) / 31;
        while (Calendar.AddMonths(from, months) < to && Calendar.AddMonths(from, months + 1) <= to) months++;
        return months;
    }
}
