using Millrace.Operators.Expressions;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>
/// FLOOR and CEIL of a time to a unit. Weeks begin on Sunday. Above the day only the date counts, found by
/// division toward zero, so that CEIL of a boundary date with a time of day is that date. CEIL goes on to the
/// next unit even from a boundary for decades and above, and for quarters but the first. A TIMESTAMP_LTZ
/// moves on the clock with the offset of the instant itself. All as Flink does it.
/// </summary>
internal static class UnitRounding
{
    public static Expr Bind(CallSite site)
    {
        site.Arity(2);
        TimeUnit unit = TimeUnits.Of(site, 1);
        LogicalType ofNull = LogicalType.Timestamp(3);
        if (site.Type(0).Kind == TypeKind.Null)
            return site.Call(ofNull, [FunctionCatalog.Coerce(site[0], ofNull), site[1]]);
        if (!TimeUnits.IsTime(site.Type(0))) throw site.Refuse("a date, a time or a timestamp, TO a unit");
        if (unit > TimeUnit.Millennium || (site.Type(0).Kind == TypeKind.Time && unit > TimeUnit.Hour))
            throw new FunctionException(
                $"{site.Name} of {site.Type(0).AsNullable()} cannot be taken to {site.Symbol(1)} yet.", true);
        return site.Call(site.Type(0));
    }

    public static Kernel Choose(Call call, EvaluationContext context, bool isCeil)
    {
        TimeUnit unit = TimeUnits.Parse(((Literal)call.Arguments[1]).Text!.ToUpperInvariant())!.Value;
        LogicalType type = call.Type;
        if (type.Kind == TypeKind.Date)
            return (arguments, count) =>
                TimeKernels.Map<int, int>(arguments[0], count, days => OfDays(days, unit, isCeil));
        if (type.Kind == TypeKind.Time)
            return (arguments, count) => TimeKernels.Map<int, int>(
                arguments[0], count, ms => (int)ToMultiple(ms, unit.Milliseconds(), isCeil));
        long units = type.UnitsPerSecond / 1000;
        Zone? zone = type.Kind == TypeKind.TimestampLtz ? context.Zone : null;
        return (arguments, count) => TimeKernels.Map<long, long>(arguments[0], count, value =>
        {
            long offset = zone is null ? 0 : zone.OffsetAt(Calendar.FloorDiv(value, units)) * units;
            return OfTimestamp(value + offset, units, unit, isCeil) - offset;
        });
    }

    /// <param name="unitsPerMs">Of the value.</param>
    private static long OfTimestamp(long value, long unitsPerMs, TimeUnit unit, bool isCeil)
    {
        if (unit <= TimeUnit.Day) return ToMultiple(value, unit.Milliseconds() * unitsPerMs, isCeil);
        long unitsPerDay = Calendar.MsPerDay * unitsPerMs;
        return OfDays((int)(value / unitsPerDay), unit, isCeil) * unitsPerDay;
    }

    private static long ToMultiple(long value, long step, bool isCeil)
    {
        if (step <= 1) return value;
        long floor = value - Calendar.FloorMod(value, step);
        return isCeil && floor < value ? floor + step : floor;
    }

    private static int OfDays(int days, TimeUnit unit, bool isCeil)
    {
        if (unit <= TimeUnit.Day) return days;
        if (unit == TimeUnit.Week) return (int)ToMultiple(days + 4L, 7, isCeil) - 4;
        Calendar.FromDays(days, out int year, out int month, out int day);
        if (unit >= TimeUnit.Decade) return Calendar.ToDays(OfYears(year, unit, isCeil), 1, 1);
        int months = (year * 12) + month - 1;
        int step = unit == TimeUnit.IsoYear ? 12 : unit.Months();
        int floor = months - (months % step);
        bool isBoundary = day == 1 && (unit == TimeUnit.Quarter ? month == 1 : floor == months);
        return Calendar.AddMonths(0, floor - (1970 * 12) + (isCeil && !isBoundary ? step : 0));
    }

    private static int OfYears(int year, TimeUnit unit, bool isCeil) => unit switch
    {
        TimeUnit.Decade => (year / 10 * 10) + (isCeil ? 10 : 0),
        TimeUnit.Century => ((year + 99) / 100 * 100) + (isCeil ? 1 : -99),
        _ => ((year + 999) / 1000 * 1000) + (isCeil ? 1 : -999),
    };
}
