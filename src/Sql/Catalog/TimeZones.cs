using System.Globalization;

namespace Millrace.Sql.Catalog;

/// <summary>Names of session time zones.</summary>
internal static class TimeZones
{
    /// <summary>Whether the name is an IANA zone or an offset such as +08:00 or GMT-03:00.</summary>
    public static bool IsKnown(string name) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(name, out _) || IsOffset(Offset(name));

    private static ReadOnlySpan<char> Offset(string name) =>
        name.StartsWith("GMT", StringComparison.Ordinal) || name.StartsWith("UTC", StringComparison.Ordinal)
            ? name.AsSpan(3)
            : name;

    private static bool IsOffset(ReadOnlySpan<char> text) =>
        text.Length >= 2 && text[0] is '+' or '-'
        && (TimeSpan.TryParseExact(text[1..], @"hh\:mm", CultureInfo.InvariantCulture, out TimeSpan offset)
            || TimeSpan.TryParseExact(text[1..], "%h", CultureInfo.InvariantCulture, out offset))
        && offset <= TimeSpan.FromHours(18);
}
