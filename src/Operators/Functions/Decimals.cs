using System.Numerics;

namespace Millrace.Operators.Functions;

/// <summary>
/// Exact arithmetic on unscaled decimal values: 128 bits where they do, big integers where an intermediate
/// does not fit. Results are rounded half away from zero; one of more digits than it may have is none.
/// </summary>
internal static class Decimals
{
    private static readonly Int128[] Powers = PowersOfTen();

    /// <param name="exponent">0 to 38.</param>
    public static Int128 PowerOfTen(int exponent) => Powers[exponent];

    /// <summary>Whether the value has at most <paramref name="precision"/> digits.</summary>
    public static bool Fits(Int128 value, int precision) =>
        value < Powers[precision] && value > -Powers[precision];

    /// <summary>The value at another scale.</summary>
    /// <returns>False where it has more than <paramref name="precision"/> digits.</returns>
    public static bool TryRescale(Int128 value, int scale, int newScale, int precision, out Int128 result)
    {
        if (newScale <= scale)
        {
            result = RoundedQuotient(value, scale - newScale);
            return Fits(result, precision);
        }
        int up = newScale - scale;
        if (value == 0 || (up <= 38 && Fits(value, 38 - up)))
        {
            result = value == 0 ? 0 : value * Powers[up];
            return Fits(result, precision);
        }
        result = 0;
        return false;
    }

    /// <summary>
    /// The value without its last <paramref name="digits"/> digits, rounded half away from zero.
    /// </summary>
    public static Int128 RoundedQuotient(Int128 value, int digits)
    {
        if (digits == 0) return value;
        if (digits > 38) return 0;
        (Int128 quotient, Int128 remainder) = Int128.DivRem(value, Powers[digits]);
        Int128 half = Powers[digits] / 2;
        if (remainder >= half) return quotient + 1;
        return remainder <= -half ? quotient - 1 : quotient;
    }

    /// <summary>
    /// As <see cref="TryRescale(Int128, int, int, int, out Int128)"/>, of a value of any size.
    /// </summary>
    public static bool TryRescale(BigInteger value, int scale, int newScale, int precision, out Int128 result)
    {
        BigInteger scaled = newScale >= scale
            ? value * BigInteger.Pow(10, newScale - scale)
            : RoundedQuotient(value, BigInteger.Pow(10, scale - newScale));
        bool fits = BigInteger.Abs(scaled) < (BigInteger)Powers[precision];
        result = fits ? (Int128)scaled : 0;
        return fits;
    }

    /// <summary>dividend / divisor, rounded half away from zero.</summary>
    public static BigInteger RoundedQuotient(BigInteger dividend, BigInteger divisor)
    {
        BigInteger quotient = BigInteger.DivRem(dividend, divisor, out BigInteger remainder);
        if (BigInteger.Abs(remainder) * 2 < BigInteger.Abs(divisor)) return quotient;
        return quotient + (dividend.Sign * divisor.Sign);
    }

    private static Int128[] PowersOfTen()
    {
        var powers = new Int128[39];
        powers[0] = 1;
        for (int i = 1; i < powers.Length; i++) powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
