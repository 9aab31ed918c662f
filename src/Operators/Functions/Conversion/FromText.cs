using System.Text;
using Millrace.Operators.Expressions;
using Millrace.Operators.Functions.Temporal;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Conversion;

/// <summary>
/// Casts of strings to other types. Text that is no such value fails, or is NULL for TRY_CAST.
/// </summary>
internal static class FromText
{
    private delegate bool Parse<T>(ReadOnlySpan<byte> text, out T value);

    public static Kernel Choose(LogicalType target, Zone zone, bool isTry) => target.Kind switch
    {
        TypeKind.Boolean => Fixed<bool>(TryBoolean, target, isTry),
        TypeKind.TinyInt => Fixed<sbyte>(TryTinyInt, target, isTry),
        TypeKind.SmallInt => Fixed<short>(TrySmallInt, target, isTry),
        TypeKind.Int => Fixed<int>(TryInt, target, isTry),
        TypeKind.BigInt => Fixed<long>(
            static (text, out value) => NumberParser.TryInteger(text, long.MaxValue, out value),
            target, isTry),
        TypeKind.Float => Fixed<float>(NumberParser.TryFloat, target, isTry),
        TypeKind.Double => Fixed<double>(NumberParser.TryDouble, target, isTry),
        TypeKind.Decimal => Decimal(target, isTry),
        TypeKind.Date => Fixed<int>(TimeParser.TryDate, target, isTry),
        TypeKind.Time => Fixed<int>(Time(target), target, isTry),
        TypeKind.Timestamp or TypeKind.TimestampLtz => Fixed<long>(Timestamp(target, zone), target, isTry),
        TypeKind.Binary or TypeKind.VarBinary => ToText.Resize(target),
        _ => throw new MillraceException(ErrorKind.Bug, $"No kernel casts text to {target}."),
    };

    private static Kernel Fixed<T>(Parse<T> parse, LogicalType target, bool isTry) where T : unmanaged =>
        (arguments, count) =>
        {
            var source = (BytesColumn)arguments[0].Column;
            T[] values = FixedColumn<T>.Rent(count);
            ulong[]? validity = Validity.Copy(source.ValidityWords, count);
            for (int i = 0; i < count; i++)
            {
                if (source.IsNull(i) || parse(source[i], out values[i])) continue;
                if (!isTry) Fail(source[i], target);
                validity ??= Validity.Rent(count);
                Validity.SetNull(validity, i);
            }
            return new FixedColumn<T>(values, count, validity);
        };

    /// <summary>A number of too many digits is NULL for CAST too.</summary>
    private static Kernel Decimal(LogicalType target, bool isTry) => (arguments, count) =>
    {
        var source = (BytesColumn)arguments[0].Column;
        var builder = new FixedColumnBuilder<Int128>(count);
        for (int i = 0; i < count; i++)
        {
            Int128? value = null;
            if (!source.IsNull(i)
                && !NumberParser.TryDecimal(source[i], target.Precision, target.Scale, out value)
                && !isTry)
                Fail(source[i], target);
            if (value is { } fitting) builder.Append(fitting);
            else builder.AppendNull();
        }
        return builder.Build();
    };

    private static bool TryTinyInt(ReadOnlySpan<byte> text, out sbyte value)
    {
        bool isNumber = NumberParser.TryInteger(text, sbyte.MaxValue, out long wide);
        value = (sbyte)wide;
        return isNumber;
    }

    private static bool TrySmallInt(ReadOnlySpan<byte> text, out short value)
    {
        bool isNumber = NumberParser.TryInteger(text, short.MaxValue, out long wide);
        value = (short)wide;
        return isNumber;
    }

    private static bool TryInt(ReadOnlySpan<byte> text, out int value)
    {
        bool isNumber = NumberParser.TryInteger(text, int.MaxValue, out long wide);
        value = (int)wide;
        return isNumber;
    }

    private static bool TryBoolean(ReadOnlySpan<byte> text, out bool value)
    {
        value = Is(text, "true"u8) || Is(text, "t"u8) || Is(text, "yes"u8) || Is(text, "y"u8)
            || Is(text, "1"u8);
        return value || Is(text, "false"u8) || Is(text, "f"u8) || Is(text, "no"u8) || Is(text, "n"u8)
            || Is(text, "0"u8);
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) =>
        Ascii.EqualsIgnoreCase(text, word);

    private static Parse<int> Time(LogicalType target)
    {
        int step = target.Precision switch { 0 => 1000, 1 => 100, 2 => 10, _ => 1 };
        return (text, out value) =>
        {
            bool isTime = TimeParser.TryTime(text, out int ms);
            value = ms - (ms % step);
            return isTime;
        };
    }

    private static Parse<long> Timestamp(LogicalType target, Zone zone)
    {
        bool isLocal = target.Kind == TypeKind.TimestampLtz;
        return (text, out value) =>
        {
            bool isTime = TimeParser.TryTimestamp(text, out long seconds, out int nanos);
            if (isLocal) seconds = Calendar.FloorDiv(zone.ToUtc(seconds * 1000), 1000);
            value = TimeParser.ToUnits(seconds, nanos, target.Precision);
            return isTime;
        };
    }

    private static void Fail(ReadOnlySpan<byte> text, LogicalType target) => Failure.Throw(
        $"CAST failed: '{Encoding.UTF8.GetString(text)}' is no {target.AsNullable().WithoutTimeAttribute()} "
        + "(TRY_CAST gives NULL).");
}
