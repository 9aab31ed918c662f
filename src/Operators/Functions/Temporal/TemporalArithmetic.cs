using System.Collections.Immutable;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>
/// + and - of times and intervals (no time minus a time, which Flink does not know either), and an interval
/// times a number. A TIMESTAMP_LTZ moves by elapsed time, by months in UTC; a TIME wraps round midnight; a
/// DATE moves by whole days only.
/// </summary>
internal static class TemporalArithmetic
{
    public static bool Is(Call call) =>
        call.Arguments.Any(a => TimeUnits.IsTime(a.Type) || a.Type.IsInterval);

    /// <summary>Null where no side is a time or an interval.</summary>
    public static Call? TryBind(CallSite site)
    {
        LogicalType left = site.Type(0), right = site.Type(1);
        if (!TimeUnits.IsTime(left) && !left.IsInterval && !TimeUnits.IsTime(right) && !right.IsInterval)
            return null;
        if (left.Kind == TypeKind.Null)
            return site.Call(right, [FunctionCatalog.Coerce(site[0], right), site[1]]);
        if (right.Kind == TypeKind.Null)
            return site.Call(left, [site[0], FunctionCatalog.Coerce(site[1], left)]);
        return site.Name switch
        {
            "+" when TimeUnits.IsTime(left) && right.IsInterval => site.Call(left),
            "+" when left.IsInterval && TimeUnits.IsTime(right) => site.Call(right, [site[1], site[0]]),
            "-" when TimeUnits.IsTime(left) && right.IsInterval => site.Call(left),
            "+" or "-" when left.IsInterval && left.Kind == right.Kind => site.Call(left),
            "-" when TimeUnits.IsTime(left) && TimeUnits.IsTime(right) => throw new FunctionException(
                $"{left.AsNullable()} - {right.AsNullable()} does not exist; write TIMESTAMPDIFF(SECOND, "
                + "from, to)."),
            "*" when left.IsInterval && right.IsInteger => BindMultiple(site, site[0], site[1]),
            "*" when left.IsInteger && right.IsInterval => BindMultiple(site, site[1], site[0]),
            _ => throw site.Refuse("a time and an interval, two intervals, or an interval and an integer"),
        };
    }

    public static Kernel Choose(Call call)
    {
        LogicalType left = call.Arguments[0].Type;
        if (call.Arguments.Length == 1)
            return left.Kind == TypeKind.IntervalYearMonth
                ? Unary.Run<int, int, Arithmetic.Negate<int>>
                : Unary.Run<long, long, Arithmetic.Negate<long>>;
        if (call.Function == "*" || left.IsInterval || !call.Arguments[1].Type.IsInterval)
            return OfEqualTypes(call, left);
        int sign = call.Function == "-" ? -1 : 1;
        return call.Arguments[1].Type.Kind == TypeKind.IntervalYearMonth
            ? AddMonths(left, sign)
            : AddMilliseconds(left, sign);
    }

    /// <summary>The time moved by the months of an INT column.</summary>
    public static Kernel AddMonths(LogicalType type, int sign) => type.Kind switch
    {
        TypeKind.Date => (arguments, count) => TimeKernels.MapPair<int, int, int>(
            arguments[0], arguments[1], count, (days, months) =>
                Calendar.AddMonths(days, (long)months * sign)),
        TypeKind.Time => (arguments, count) =>
            TimeKernels.MapPair<int, int, int>(arguments[0], arguments[1], count, (time, _) => time),
        _ => (arguments, count) => TimeKernels.MapPair<long, int, long>(
            arguments[0], arguments[1], count, (time, months) =>
                AddMonths(time, (long)months * sign, type.UnitsPerSecond * 86_400)),
    };

    /// <summary>The time moved by the milliseconds of a BIGINT column.</summary>
    public static Kernel AddMilliseconds(LogicalType type, int sign)
    {
        long units = type.UnitsPerSecond / 1000 * sign;
        return type.Kind switch
        {
            TypeKind.Date => (arguments, count) => TimeKernels.MapPair<int, long, int>(
                arguments[0], arguments[1], count, (days, ms) =>
                    (int)(days + (ms / Calendar.MsPerDay * sign))),
            TypeKind.Time => (arguments, count) => TimeKernels.MapPair<int, long, int>(
                arguments[0], arguments[1], count, (time, ms) =>
                    (int)Calendar.FloorMod(time + (ms * sign), Calendar.MsPerDay)),
            _ => (arguments, count) =>
                TimeKernels.MapPair<long, long, long>(
                    arguments[0], arguments[1], count, (time, ms) => time + (ms * units)),
        };
    }

    public static long AddMonths(long time, long months, long unitsPerDay)
    {
        long days = Calendar.FloorDiv(time, unitsPerDay);
        return (Calendar.AddMonths((int)days, months) * unitsPerDay) + (time - (days * unitsPerDay));
    }

    private static Call BindMultiple(CallSite site, Expr interval, Expr number)
    {
        LogicalType type = interval.Type.Kind == TypeKind.IntervalYearMonth
            ? LogicalType.Int : LogicalType.BigInt;
        return site.Call(interval.Type, [interval, FunctionCatalog.Coerce(number, type)]);
    }

    private static Kernel OfEqualTypes(Call call, LogicalType left)
    {
        bool isMonths = left.Kind == TypeKind.IntervalYearMonth;
        return call.Function switch
        {
            "+" => isMonths ? Binary.Run<int, Arithmetic.Add<int>> : Binary.Run<long, Arithmetic.Add<long>>,
            "-" => isMonths
                ? Binary.Run<int, Arithmetic.Subtract<int>> : Binary.Run<long, Arithmetic.Subtract<long>>,
            _ => isMonths
                ? Binary.Run<int, Arithmetic.Multiply<int>> : Binary.Run<long, Arithmetic.Multiply<long>>,
        };
    }
}
