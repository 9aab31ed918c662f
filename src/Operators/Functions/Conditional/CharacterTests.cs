using System.Globalization;
using System.Text;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Functions.Conditional;

/// <summary>IS_ALPHA, IS_DIGIT and IS_DECIMAL: FALSE for NULL and for empty text.</summary>
internal static class CharacterTests
{
    public static Column IsAlpha(ReadOnlySpan<Operand> arguments, int count) =>
        All(arguments[0], count, Rune.IsLetter);

    public static Column IsDigit(ReadOnlySpan<Operand> arguments, int count) =>
        All(arguments[0], count, Rune.IsDigit);

    /// <summary>
    /// Whether the text is a number: digits with a sign, one point and an exponent at most.
    /// </summary>
    public static Column IsDecimal(ReadOnlySpan<Operand> arguments, int count)
    {
        bool[] values = FixedColumn<bool>.Rent(count);
        for (int i = 0; i < count; i++)
            values[i] = !arguments[0].IsNull(i) && IsNumber(arguments[0].Bytes(i));
        return Truth.Column(values, count);
    }

    private static FixedColumn<bool> All(Operand text, int count, Func<Rune, bool> test)
    {
        bool[] values = FixedColumn<bool>.Rent(count);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> rest = text.IsNull(i) ? [] : text.Bytes(i);
            bool holds = rest.Length > 0;
            while (holds && rest.Length > 0)
            {
                Rune.DecodeFromUtf8(rest, out Rune rune, out int size);
                holds = test(rune);
                rest = rest[size..];
            }
            values[i] = holds;
        }
        return Truth.Column(values, count);
    }

    private static bool IsNumber(ReadOnlySpan<byte> text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        && double.IsFinite(value)
        && !text.ContainsAny((byte)'N', (byte)'I');
}
