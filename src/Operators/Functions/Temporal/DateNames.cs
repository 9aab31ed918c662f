using System.Text;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>Fields that are read as words or as an offset.</summary>
internal static class DateNames
{
    private static readonly string[] Months =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    private static readonly string[] LongMonths =
    [
        "january", "february", "march", "april", "may", "june",
        "july", "august", "september", "october", "november", "december",
    ];

    public static bool TryRead(
        ReadOnlySpan<byte> text, ref int position, DatePattern.Part part, DateFields fields)
    {
        if (part.Letter is 'X' or 'x' or 'Z' or 'z') return TryOffset(text, ref position, fields);
        int end = position;
        while (end < text.Length && char.IsAsciiLetter((char)text[end])) end++;
        string word = Encoding.ASCII.GetString(text[position..end]).ToLowerInvariant();
        if (word.Length == 0) return false;
        position = end;
        if (part.Letter == 'a')
        {
            fields.SetAfternoon(word == "pm");
            return word is "am" or "pm";
        }
        if (part.Letter is not ('M' or 'L')) return true;
        int month = System.Math.Max(Array.IndexOf(Months, word), Array.IndexOf(LongMonths, word));
        fields.Set('M', month + 1);
        return month >= 0;
    }

    /// <summary>Z, a zone's name, or a sign and hours with minutes or without.</summary>
    private static bool TryOffset(ReadOnlySpan<byte> text, ref int position, DateFields fields)
    {
        ReadOnlySpan<byte> rest = text[position..];
        if (rest.IsEmpty) return false;
        if (rest[0] is not ((byte)'+' or (byte)'-')) return TryZone(text, ref position, fields);
        int size = 1;
        int digits = 0, number = 0;
        for (; size < rest.Length && digits < 4; size++)
        {
            if (rest[size] == ':' && digits == 2) continue;
            if (!char.IsAsciiDigit((char)rest[size])) break;
            number = (number * 10) + (rest[size] - '0');
            digits++;
        }
        if (digits is not (2 or 4)) return false;
        long minutes = digits == 2 ? number * 60 : (number / 100 * 60) + (number % 100);
        fields.OffsetMs = (rest[0] == '-' ? -minutes : minutes) * 60_000;
        position += size;
        return true;
    }

    private static bool TryZone(ReadOnlySpan<byte> text, ref int position, DateFields fields)
    {
        int end = position;
        while (end < text.Length && text[end] > ' ') end++;
        string name = Encoding.ASCII.GetString(text[position..end]);
        position = end;
        if (Zone.TryFind(name) is not { IsFixed: true } zone) return false;
        fields.OffsetMs = zone.OffsetAt(0);
        return true;
    }
}
