using Millrace.Operators.Expressions;
using Millrace.Operators.Functions.Temporal;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Conversion;

/// <summary>
/// Casts among DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ. A lower precision cuts. The day of a TIMESTAMP before
/// 1970 is found by division toward zero, that of a TIMESTAMP_LTZ is right, as in Flink.
/// </summary>
internal static class TemporalCasts
{
    public static Kernel Choose(LogicalType source, LogicalType target, Zone zone) =>
        (source.Kind, target.Kind) switch
        {
            (TypeKind.Date, TypeKind.Timestamp) => FromInt(days => FromMs(days * Calendar.MsPerDay, target)),
            (TypeKind.Date, TypeKind.TimestampLtz) =>
                FromInt(days => FromMs(zone.ToUtc(days * Calendar.MsPerDay), target)),
            (TypeKind.Time, TypeKind.Timestamp) => FromInt(time => FromMs(time, target)),
            (TypeKind.Time, TypeKind.TimestampLtz) => FromInt(time => FromMs(zone.ToUtc(time), target)),
            (TypeKind.Time, TypeKind.Time) => TimeToTime(target),
            (TypeKind.Timestamp, TypeKind.Date) =>
                ToInt(value => (int)(Local(value, source, zone) / Calendar.MsPerDay)),
            (TypeKind.TimestampLtz, TypeKind.Date) =>
                ToInt(value => (int)Calendar.FloorDiv(Local(value, source, zone), Calendar.MsPerDay)),
            (TypeKind.Timestamp, TypeKind.Time) =>
                ToInt(value => ToTime(Local(value, source, zone), target.Precision)),
            (TypeKind.TimestampLtz, TypeKind.Time) => ToInt(value =>
                ToTime(Calendar.FloorMod(Local(value, source, zone), Calendar.MsPerDay), target.Precision)),
            (TypeKind.Timestamp, TypeKind.TimestampLtz) => Between(source, target, zone.ToUtc),
            (TypeKind.TimestampLtz, TypeKind.Timestamp) => Between(source, target, zone.ToLocal),
            _ when source.Kind == target.Kind => Between(source, target, static ms => ms),
            _ => throw new MillraceException(ErrorKind.Bug, $"No kernel casts {source} to {target}."),
        };

    /// <summary>The local clock in milliseconds.</summary>
    public static long Local(long value, LogicalType type, Zone zone)
    {
        long ms = Calendar.FloorDiv(value, type.UnitsPerSecond / 1000);
        return type.Kind == TypeKind.TimestampLtz ? zone.ToLocal(ms) : ms;
    }

    private static int ToTime(long ms, int precision) =>
        (int)Calendar.FloorMod(TimeParser.Cut(ms, System.Math.Min(precision, 3)), Calendar.MsPerDay);

    private static long FromMs(long ms, LogicalType target) => Scaled(ms, target.UnitsPerSecond / 1000);

    /// <summary>Fails past 64 bits of nanoseconds, the years 1677 to 2262.</summary>
    private static long Scaled(long ms, long units)
    {
        long scaled = unchecked(ms * units);
        if (units > 1000 && scaled / units != ms)
            Failure.Throw(
                $"CAST failed: {ms} ms since 1970 cannot be held in nanoseconds; use a precision of 6.");
        return scaled;
    }

    private static Kernel TimeToTime(LogicalType target)
    {
        int precision = System.Math.Min(target.Precision, 3);
        return (arguments, count) =>
            Map<int, int>(arguments, count, time => (int)TimeParser.Cut(time, precision));
    }

    /// <param name="move">Between the clock of the source and that of the target, in milliseconds.</param>
    private static Kernel Between(LogicalType source, LogicalType target, Func<long, long> move)
    {
        long sourceUnits = source.UnitsPerSecond / 1000, targetUnits = target.UnitsPerSecond / 1000;
        return (arguments, count) => Map<long, long>(arguments, count, value =>
        {
            long ms = Calendar.FloorDiv(value, sourceUnits);
            long below = value - (ms * sourceUnits);
            long moved = Scaled(move(ms), targetUnits) + (below * targetUnits / sourceUnits);
            return TimeParser.Cut(moved, target.Precision);
        });
    }

    private static Kernel FromInt(Func<int, long> convert) =>
        (arguments, count) => Map(arguments, count, convert);

    private static Kernel ToInt(Func<long, int> convert) =>
        (arguments, count) => Map(arguments, count, convert);

    private static FixedColumn<TOut> Map<TIn, TOut>(
        ReadOnlySpan<Operand> arguments, int count, Func<TIn, TOut> convert)
        where TIn : unmanaged
        where TOut : unmanaged
    {
        TOut[] values = FixedColumn<TOut>.Rent(count);
        Column source = arguments[0].Column;
        ReadOnlySpan<TIn> inputs = ((FixedColumn<TIn>)source).Values;
        for (int i = 0; i < inputs.Length; i++)
            if (!source.IsNull(i)) values[i] = convert(inputs[i]);
        return new FixedColumn<TOut>(values, count, Validity.Copy(source.ValidityWords, count));
    }
}
