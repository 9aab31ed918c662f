using System.Collections.Immutable;
using Millrace.Operators.Expressions;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>
/// EXTRACT and its short forms. The day is found by division toward zero, so that a time of day before 1970
/// belongs to the next day and is negative, as in Flink. Sunday is day 1 of a week; WEEK and ISOYEAR are
/// those of ISO 8601.
/// </summary>
internal static class Extraction
{
    public const string Name = "EXTRACT";

    public static Expr Bind(CallSite site)
    {
        site.Arity(2);
        TimeUnit unit = TimeUnits.Of(site, 0);
        LogicalType type = site.Type(1);
        if (type.Kind == TypeKind.Null)
            return site.Call(
                LogicalType.BigInt, [site[0], FunctionCatalog.Coerce(site[1], LogicalType.Date)]);
        if (!TimeUnits.IsTime(type) && !type.IsInterval)
            throw site.Refuse("a unit and a date, a time or a timestamp");
        if (type.Kind == TypeKind.Time && unit is >= TimeUnit.Day and < TimeUnit.Epoch)
            throw new FunctionException($"A TIME has no {site.Symbol(0)}.");
        return site.Call(LogicalType.BigInt);
    }

    /// <summary>YEAR(t) and its kin: EXTRACT with the unit.</summary>
    public static FunctionDefinition Short(string name, string unit) => new(name, site =>
    {
        site.Arity(1);
        ImmutableArray<Expr> arguments = [new Literal(unit, LogicalType.Symbol), site[0]];
        return FunctionCatalog.Bind(Name, arguments);
    });

    public static Kernel Choose(Call call, EvaluationContext context)
    {
        TimeUnit unit = TimeUnits.Parse(((Literal)call.Arguments[0]).Text!.ToUpperInvariant())!.Value;
        LogicalType type = call.Arguments[1].Type;
        Kernel kernel = Choose(unit, type, context.Zone);
        return (arguments, count) => kernel(arguments[1..], count);
    }

    private static Kernel Choose(TimeUnit unit, LogicalType type, Zone zone)
    {
        if (type.Kind == TypeKind.IntervalYearMonth)
            return (arguments, count) =>
                TimeKernels.Map<int, long>(arguments[0], count, months => OfMonths(unit, months));
        if (type.Kind == TypeKind.IntervalDayTime)
            return (arguments, count) =>
                TimeKernels.Map<long, long>(arguments[0], count, ms => OfClock(unit, ms));
        if (unit is TimeUnit.Microsecond or TimeUnit.Nanosecond && type.IsTimestamp)
            return (arguments, count) => TimeKernels.Map<long, long>(
                arguments[0], count, value =>
                    BelowSecond(unit, value % type.UnitsPerSecond, type.UnitsPerSecond));
        return TimeKernels.OfLocalMs(type, zone, unit is <= TimeUnit.Hour or TimeUnit.Epoch
            ? ms => OfClock(unit, unit == TimeUnit.Epoch ? ms : ms % Calendar.MsPerDay)
            : ms => OfDate(unit, (int)(ms / Calendar.MsPerDay)));
    }

    private static long OfMonths(TimeUnit unit, int months) => unit switch
    {
        TimeUnit.Year => months / 12,
        TimeUnit.Quarter => (months % 12 / 3) + 1,
        _ => months % 12,
    };

    private static long BelowSecond(TimeUnit unit, long value, long unitsPerSecond) =>
        value * (unit == TimeUnit.Microsecond ? 1_000_000 : 1_000_000_000) / unitsPerSecond;

    private static long OfClock(TimeUnit unit, long ms) => unit switch
    {
        TimeUnit.Nanosecond => ms % 1000 * 1_000_000,
        TimeUnit.Microsecond => ms % 1000 * 1000,
        TimeUnit.Millisecond => ms % 1000,
        TimeUnit.Second => ms / 1000 % 60,
        TimeUnit.Minute => ms / 60_000 % 60,
        TimeUnit.Hour => ms / 3_600_000 % 24,
        TimeUnit.Epoch => ms / 1000,
        _ => ms / Calendar.MsPerDay,
    };

    private static long OfDate(TimeUnit unit, int days)
    {
        Calendar.FromDays(days, out int year, out int month, out int day);
        return unit switch
        {
            TimeUnit.Day => day,
            TimeUnit.Month => month,
            TimeUnit.Quarter => ((month - 1) / 3) + 1,
            TimeUnit.Year => year,
            TimeUnit.Decade => year / 10,
            TimeUnit.Century => (year + 99) / 100,
            TimeUnit.Millennium => (year + 999) / 1000,
            TimeUnit.DayOfYear => Calendar.DayOfYear(days),
            TimeUnit.DayOfWeek => Calendar.FloorMod(days + 4L, 7) + 1,
            TimeUnit.IsoDayOfWeek => Calendar.FloorMod(days + 3L, 7) + 1,
            TimeUnit.Week => IsoWeek(days),
            _ => IsoYear(days),
        };
    }

    private static int IsoWeek(int days) => ((Calendar.DayOfYear(ThursdayOf(days)) - 1) / 7) + 1;

    private static int IsoYear(int days)
    {
        Calendar.FromDays(ThursdayOf(days), out int year, out _, out _);
        return year;
    }

    /// <summary>
    /// The Thursday of the date's week from Monday: a week belongs to the year of its Thursday.
    /// </summary>
    private static int ThursdayOf(int days) => days - (int)Calendar.FloorMod(days + 3L, 7) + 3;
}
