using System.Globalization;
using System.Numerics;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Math;

/// <summary>
/// ROUND (half away from zero) and TRUNCATE to a number of fraction digits, negative for tens and hundreds.
/// An approximate number is rounded on the digits that print it.
/// </summary>
internal static class Rounding
{
    /// <summary>The result for a DECIMAL rounded to that many fraction digits.</summary>
    public static LogicalType TypeOf(LogicalType type, int digits)
    {
        if (type.Kind != TypeKind.Decimal || digits >= type.Scale) return type;
        int whole = 1 + type.Precision - type.Scale;
        return digits < 0 ? DecimalTypes.Capped(whole, 0) : DecimalTypes.Capped(whole + digits, digits);
    }

    /// <param name="source">Of the number; the digits are an INT.</param>
    /// <param name="isRound">False truncates.</param>
    public static Kernel Choose(LogicalType source, LogicalType target, bool isRound) => source.Kind switch
    {
        TypeKind.TinyInt => Whole<sbyte>(isRound),
        TypeKind.SmallInt => Whole<short>(isRound),
        TypeKind.Int => Whole<int>(isRound),
        TypeKind.BigInt => Whole<long>(isRound),
        TypeKind.Float => Map<float>((value, digits) => Approximate(value, digits, isRound)),
        TypeKind.Double => Map<double>((value, digits) => Approximate(value, digits, isRound)),
        TypeKind.Decimal => Decimal(source, target, isRound),
        _ => throw new MillraceException(ErrorKind.Bug, $"No kernel rounds values of type {source}."),
    };

    /// <summary>Rounded or cut at 10^-digits, for negative digits; at the same scale.</summary>
    private static Int128 At(Int128 value, int power, bool isRound)
    {
        if (power <= 0) return value;
        if (power > 38) return 0;
        Int128 quotient = isRound
            ? Decimals.RoundedQuotient(value, power) : value / Decimals.PowerOfTen(power);
        return quotient * Decimals.PowerOfTen(power);
    }

    private static Kernel Whole<T>(bool isRound) where T : unmanaged, IBinaryInteger<T> =>
        Map<T>((value, digits) => T.CreateTruncating(At(Int128.CreateTruncating(value), -digits, isRound)));

    private static Kernel Decimal(
        LogicalType source, LogicalType target, bool isRound) => (arguments, count) =>
    {
        var builder = new FixedColumnBuilder<Int128>(count);
        for (int i = 0; i < count; i++)
        {
            if (arguments[0].IsNull(i) || arguments[1].IsNull(i)) builder.AppendNull();
            else
            {
                int power = source.Scale - arguments[1].Value<int>(i);
                Int128 cut = At(arguments[0].Value<Int128>(i), power, isRound);
                if (Decimals.TryRescale(cut, source.Scale, target.Scale, target.Precision, out Int128 result))
                    builder.Append(result);
                else builder.AppendNull();
            }
        }
        return builder.Build();
    };

    private static double Approximate(double value, int digits, bool isRound)
    {
        if (!double.IsFinite(value)) return value;
        Span<byte> text = stackalloc byte[NumberText.MaxSize];
        return Rounded(text[..NumberText.Write(value, text)], digits, isRound, out double rounded)
            ? rounded : value;
    }

    private static float Approximate(float value, int digits, bool isRound)
    {
        if (!float.IsFinite(value)) return value;
        Span<byte> text = stackalloc byte[NumberText.MaxSize];
        return Rounded(text[..NumberText.Write(value, text)], digits, isRound, out double rounded)
            ? (float)rounded : value;
    }

    /// <returns>False where there is nothing to round.</returns>
    private static bool Rounded(ReadOnlySpan<byte> text, int digits, bool isRound, out double rounded)
    {
        Span<byte> significant = stackalloc byte[NumberText.MaxSize];
        int count = NumberText.Decompose(text, significant, out bool isNegative, out int exponent);
        rounded = 0;
        long kept = (long)exponent + digits;
        if (kept >= count) return false;
        if (kept < 0) return true;
        long whole = 0;
        for (int i = 0; i < kept; i++) whole = (whole * 10) + (significant[i] - '0');
        if (isRound && significant[(int)kept] >= '5') whole++;
        // Both exact, so the division rounds once.
        rounded = digits is >= 0 and <= 22 && whole < 1L << 53
            ? whole / (double)Decimals.PowerOfTen(digits)
            : double.Parse(string.Create(CultureInfo.InvariantCulture, $"{whole}E{-digits}"),
                CultureInfo.InvariantCulture);
        if (isNegative && whole != 0) rounded = -rounded;
        return true;
    }

    private static Kernel Map<T>(Func<T, int, T> round) where T : unmanaged => (arguments, count) =>
    {
        T[] values = FixedColumn<T>.Rent(count);
        ulong[]? validity = Nulls.OfBoth(arguments[0], arguments[1], count);
        for (int i = 0; i < count; i++)
            if (Validity.IsValid(validity, i))
                values[i] = round(arguments[0].Value<T>(i), arguments[1].Value<int>(i));
        return new FixedColumn<T>(values, count, validity);
    };
}
