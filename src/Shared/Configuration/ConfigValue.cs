using System.Globalization;
using Millrace.Shared.Errors;
using Millrace.Shared.Options;
using Millrace.Shared.Secrets;

namespace Millrace.Shared.Configuration;

/// <summary>What one key is set to, and by whom.</summary>
/// <param name="Place"><c>file:line:column</c>, the variable, the option, or <c>default</c>.</param>
public sealed record ConfigValue(ConfigKey Key, string Text, string Place)
{
    private const int MaxPort = 65535;

    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("kb", 1L << 10), ("mb", 1L << 20), ("gb", 1L << 30), ("tb", 1L << 40),
        ("k", 1L << 10), ("m", 1L << 20), ("g", 1L << 30), ("t", 1L << 40), ("b", 1), ("", 1),
    ];

    public bool IsSet => Text.Length > 0;

    /// <summary>The value, or stars where it is a secret or holds one.</summary>
    public string Shown => Key.IsSecret && IsSet ? SecretMask.Mask : SecretMask.Apply(Text);

    /// <exception cref="MillraceException">Invalid: not a number in the range.</exception>
    public int Int(int min, int max = int.MaxValue)
    {
        if (int.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            && value >= min && value <= max) return value;
        throw Wrong(
            max == int.MaxValue ? $"a whole number from {min}" : $"a whole number from {min} to {max}");
    }

    /// <summary>0: any free port.</summary>
    public int Port() => Int(0, MaxPort);

    /// <exception cref="MillraceException">Invalid: no duration, not above zero, or longer than one can
    /// wait.</exception>
    public TimeSpan Duration()
    {
        if (!DurationText.TryParse(Text, DurationText.LongestWait, out TimeSpan value))
            throw Wrong(DurationText.Expected(Text, DurationText.LongestWait));
        return value > TimeSpan.Zero ? value : throw Wrong("a duration above 0, such as 500ms or 5s");
    }

    /// <param name="why">Goes on after <c>write at least 2s, </c>.</param>
    /// <exception cref="MillraceException">Invalid: no duration, or one that is not allowed.</exception>
    public TimeSpan Duration(TimeSpan least, string why) => Duration() is var value && value >= least
        ? value
        : throw Wrong(string.Create(
            CultureInfo.InvariantCulture, $"at least {least.TotalSeconds:0.###}s, {why}"));

    /// <exception cref="MillraceException">Invalid: no size.</exception>
    public long Bytes()
    {
        string text = Text.Trim();
        foreach ((string unit, long bytes) in Units)
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)
                && long.TryParse(text.AsSpan(0, text.Length - unit.Length).Trim(), NumberStyles.None,
                    CultureInfo.InvariantCulture, out long count)
                && count > 0 && count <= long.MaxValue / bytes)
                return count * bytes;
        throw Wrong("a size such as 512mb or 4gb");
    }

    /// <returns>The comma-separated parts; none where nothing is set.</returns>
    public IReadOnlyList<string> List() =>
        Text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A list of <c>host:port</c>; an element that is none, an empty one too, is refused.</summary>
    public IReadOnlyList<string> Addresses()
    {
        if (!IsSet) return [];
        string[] addresses = Text.Split(',', StringSplitOptions.TrimEntries);
        return Array.TrueForAll(addresses, IsAddress)
            ? addresses
            : throw Wrong("host:port, several separated by commas");
    }

    private static bool IsAddress(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 1) return false;
        string host = text[..colon];
        // The port of an IPv6 address could not be told from its last part.
        bool isHost = Uri.CheckHostName(host) != UriHostNameType.Unknown
            && (host[0] == '[' || !host.Contains(':', StringComparison.Ordinal));
        return isHost && int.TryParse(
            text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port is >= 1 and <= MaxPort;
    }

    /// <summary>One of some words, in any case; the one that was meant.</summary>
    public string OneOf(params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
            if (string.Equals(word, Text, StringComparison.OrdinalIgnoreCase)) return word;
        throw Wrong("one of " + string.Join(", ", words!));
    }

    public MillraceException Wrong(string expected) =>
        Refused($"'{Key.Name}' is '{Shown}'; write {expected}.");

    /// <param name="sentence">Follows the place.</param>
    public MillraceException Refused(string sentence) => new(ErrorKind.Invalid, $"{Place}: {sentence}");
}
