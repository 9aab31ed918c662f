using System.Text;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>
/// Reads text by a pattern as java.text.SimpleDateFormat does: leniently, so that a 13th month is the next
/// January, and only from the front, so that what follows the last field does not matter.
/// </summary>
internal sealed class SimpleDateParser(DatePattern pattern)
{
    private readonly byte[][] _texts = [.. pattern.Parts.Select(p => Encoding.UTF8.GetBytes(p.Text))];

    /// <param name="localMs">The clock read, since 1970-01-01 of the same clock.</param>
    /// <param name="offsetMs">The offset that the text names, or null.</param>
    public bool TryParse(ReadOnlySpan<byte> text, out long localMs, out long? offsetMs)
    {
        var fields = new DateFields();
        int position = 0;
        (localMs, offsetMs) = (0, null);
        for (int i = 0; i < _texts.Length; i++)
        {
            DatePattern.Part part = pattern.Parts[i];
            if (part.IsText)
            {
                if (!text[position..].StartsWith(_texts[i])) return false;
                position += _texts[i].Length;
                continue;
            }
            bool isFollowedByField = i + 1 < _texts.Length && !pattern.Parts[i + 1].IsText;
            if (!TryField(text, ref position, part, isFollowedByField, fields)) return false;
        }
        localMs = fields.ToLocalMs();
        offsetMs = fields.OffsetMs;
        return true;
    }

    private static bool TryField(
        ReadOnlySpan<byte> text, ref int position, DatePattern.Part part, bool isFollowedByField,
        DateFields fields)
    {
        while (position < text.Length && text[position] is (byte)' ' or (byte)'\t') position++;
        if (!part.IsNumber) return DateNames.TryRead(text, ref position, part, fields);
        int end = isFollowedByField ? position + part.Count : text.Length;
        if (end > text.Length || !TryNumber(text[..end], ref position, out int value, out int digits))
            return false;
        if (part.Letter is 'y' or 'Y' && part.Count <= 2 && digits == 2) value += value < 45 ? 2000 : 1900;
        fields.Set(part.Letter, value);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, ref int position, out int value, out int digits)
    {
        bool isNegative = position < text.Length && text[position] == '-';
        int i = isNegative ? position + 1 : position;
        long number = 0;
        for (digits = 0; i < text.Length && char.IsAsciiDigit((char)text[i]) && digits < 10; i++, digits++)
            number = (number * 10) + (text[i] - '0');
        value = (int)(isNegative ? -number : number);
        if (digits == 0) return false;
        position = i;
        return true;
    }
}
