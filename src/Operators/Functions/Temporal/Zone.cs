using Millrace.Shared.Errors;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>
/// A time zone by Java's rules for local times that occur never or twice: in a gap the clock is taken forward
/// by the gap's length, in an overlap the earlier instant is meant. Immutable; all times in milliseconds.
/// </summary>
internal sealed class Zone
{
    private const long MsPerDay = 86_400_000;

    // DateTime's range; instants outside use the offset at its edge.
    private static readonly long MinMs = MsOf(DateTime.MinValue.AddDays(2));
    private static readonly long MaxMs = MsOf(DateTime.MaxValue.AddDays(-2));

    public static readonly Zone Utc = new(TimeZoneInfo.Utc);

    private readonly TimeZoneInfo _info;
    private readonly long _fixedOffsetMs;

    private Zone(TimeZoneInfo info)
    {
        _info = info;
        IsFixed = !info.SupportsDaylightSavingTime && info.GetAdjustmentRules().Length == 0;
        _fixedOffsetMs = (long)info.BaseUtcOffset.TotalMilliseconds;
    }

    /// <summary>Whether the offset never changes.</summary>
    public bool IsFixed { get; }

    /// <exception cref="MillraceException">Invalid: there is no such zone.</exception>
    public static Zone Find(string name) => TryFind(name)
        ?? throw new MillraceException(
            ErrorKind.Invalid,
            $"There is no time zone '{name}': write an IANA name such as Asia/Shanghai, or an offset such "
            + "as +08:00.");

    /// <summary>Null where there is no such zone.</summary>
    public static Zone? TryFind(string name)
    {
        if (name is "UTC" or "Z" or "GMT" or "UT" or "Etc/UTC") return Utc;
        bool hasPrefix = name.StartsWith("UTC", StringComparison.Ordinal)
            || name.StartsWith("GMT", StringComparison.Ordinal);
        string offset = hasPrefix ? name[3..] : name;
        if (TryParseOffset(offset) is { } fixedOffset)
            return new Zone(TimeZoneInfo.CreateCustomTimeZone(name, fixedOffset, name, name));
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? info) ? new Zone(info) : null;
    }

    /// <summary>UTC where there is no such zone, as Java takes it.</summary>
    public static Zone FindOrUtc(string name) => TryFind(name) ?? Utc;

    /// <summary>Milliseconds to add to an instant for the local clock.</summary>
    public long OffsetAt(long utcMs)
    {
        if (IsFixed) return _fixedOffsetMs;
        DateTime instant = DateTime.UnixEpoch.AddTicks(
            System.Math.Clamp(utcMs, MinMs, MaxMs) * TimeSpan.TicksPerMillisecond);
        return (long)_info.GetUtcOffset(instant).TotalMilliseconds;
    }

    public long ToLocal(long utcMs) => utcMs + OffsetAt(utcMs);

    public long ToUtc(long localMs)
    {
        if (IsFixed) return localMs - _fixedOffsetMs;
        // Offsets in force a day before and a day after: no zone changes twice in two days.
        long before = OffsetAt(localMs - MsPerDay);
        long after = OffsetAt(localMs + MsPerDay);
        if (before == after) return localMs - before;
        // The earlier reading if it is one; in a gap neither is, and the old offset moves the clock forward.
        bool isAfterOnly = OffsetAt(localMs - before) != before && OffsetAt(localMs - after) == after;
        return localMs - (isAfterOnly ? after : before);
    }

    /// <summary>
    /// As <see cref="ToUtc"/>, but the later instant of an overlap, as java.util.Calendar takes it.
    /// </summary>
    public long ToLaterUtc(long localMs)
    {
        if (IsFixed) return localMs - _fixedOffsetMs;
        long earlier = ToUtc(localMs);
        long later = localMs - OffsetAt(localMs + MsPerDay);
        return ToLocal(later) == localMs ? later : earlier;
    }

    private static long MsOf(DateTime time) =>
        (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond;

    private static TimeSpan? TryParseOffset(string text)
    {
        if (text.Length < 2 || text[0] is not ('+' or '-')) return null;
        string[] parts = text[1..].Split(':');
        if (parts.Length > 2 || !int.TryParse(parts[0], out int hours) || hours > 18) return null;
        int minutes = 0;
        if (parts.Length == 2 && (!int.TryParse(parts[1], out minutes) || minutes > 59)) return null;
        var span = new TimeSpan(hours, minutes, 0);
        return text[0] == '-' ? -span : span;
    }
}
