using System.Globalization;

namespace Millrace.Run.CommandLine;

/// <summary>Durations on the command line: a number and <c>ms</c>, <c>s</c> or <c>min</c>.</summary>
internal static class Duration
{
    private static readonly (string Unit, double Milliseconds)[] Units =
        [("ms", 1), ("s", 1_000), ("min", 60_000)];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        foreach ((string unit, double milliseconds) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture, out double count)
                && count * milliseconds < int.MaxValue)
            {
                duration = TimeSpan.FromMilliseconds(count * milliseconds);
                return true;
            }
        }
        duration = default;
        return false;
    }
}
