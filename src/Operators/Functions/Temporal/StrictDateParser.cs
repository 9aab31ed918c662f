using System.Text;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>
/// Reads text by a pattern as java.time.DateTimeFormatter does: the whole text, doubled letters as exactly so
/// many digits. A number of open width that fixed ones follow at once leaves them their digits.
/// </summary>
internal sealed class StrictDateParser(DatePattern pattern)
{
    private readonly byte[][] _texts = [.. pattern.Parts.Select(p => Encoding.UTF8.GetBytes(p.Text))];
    private readonly bool _hasDate =
        pattern.Parts.Any(p => p.Letter is 'y' or 'u' or 'M' or 'L' or 'd' or 'D');

    public bool TryParse(ReadOnlySpan<byte> text, out long localMs)
    {
        var fields = new DateFields();
        localMs = 0;
        int position = 0;
        for (int i = 0; i < _texts.Length; i++)
        {
            DatePattern.Part part = pattern.Parts[i];
            if (part.IsText)
            {
                if (!text[position..].StartsWith(_texts[i])) return false;
                position += _texts[i].Length;
            }
            else if (!part.IsNumber)
            {
                if (!DateNames.TryRead(text, ref position, part, fields)) return false;
            }
            else if (!TryNumber(text, ref position, i, fields)) return false;
        }
        return position == text.Length && fields.TryToLocalMs(_hasDate, out localMs);
    }

    private bool TryNumber(ReadOnlySpan<byte> text, ref int position, int index, DateFields fields)
    {
        DatePattern.Part part = pattern.Parts[index];
        int available = 0;
        while (position + available < text.Length && char.IsAsciiDigit((char)text[position + available]))
            available++;
        int width = IsFixed(part)
            ? part.Count : System.Math.Max(available - FixedWidthAfter(index), part.Count);
        if (width > available || width is 0 or > 9 || (part is { Letter: 'y' or 'u', Count: 4 } && width > 4))
            return false;
        if (!TimeParser.TryNumber(text.Slice(position, width), out int value)) return false;
        position += width;
        if (part.Letter == 'S') fields.SetNanos(value * PowerOfTen(9 - width));
        else fields.Set(part.Letter, part is { Letter: 'y' or 'u', Count: 2 } ? 2000 + value : value);
        return true;
    }

    private static bool IsFixed(DatePattern.Part part) => part.Letter switch
    {
        'y' or 'u' or 'Y' => part.Count == 2,
        'S' => true,
        _ => part.Count >= 2,
    };

    private int FixedWidthAfter(int index)
    {
        int width = 0;
        for (int i = index + 1; i < _texts.Length; i++)
        {
            DatePattern.Part part = pattern.Parts[i];
            if (!part.IsNumber || !IsFixed(part)) break;
            width += part.Count;
        }
        return width;
    }

    private static int PowerOfTen(int exponent)
    {
        int power = 1;
        for (int i = 0; i < exponent; i++) power *= 10;
        return power;
    }
}
