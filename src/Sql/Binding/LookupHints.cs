using System.Globalization;
using Millrace.Operators.Lookups;
using Millrace.Shared.Options;
using Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary><c>/*+ LOOKUP('table'='d', 'retry-predicate'='lookup_miss', …) */</c>.</summary>
internal static class LookupHints
{
    private static readonly string[] _known =
    [
        "table", "async", "output-mode", "capacity", "timeout", "retry-predicate", "retry-strategy",
        "fixed-delay",
        "max-attempts",
    ];

    /// <summary>The hint that names the table by its alias or its name; null where there is none.</summary>
    public static LookupHint? Find(SyntaxList<Hint> hints, NamedTable table)
    {
        Hint? hint = hints.LastOrDefault(h => Option(h, "table") is { } name
            && (name == table.Alias?.Name.Value || name == table.Name.Simple));
        if (hint is null) return null;
        foreach (HintItem item in hint.Items)
            if (!_known.Contains(item.Key))
                throw Invalid(
                    $"The LOOKUP hint has no option '{item.Key}'; it has {string.Join(", ", _known)}.", hint);
        return new LookupHint(
            Retry(hint),
            Option(hint, "capacity") is { } capacity ? Number(capacity, "capacity", hint) : null,
            Option(hint, "timeout") is { } timeout ? Milliseconds(timeout, "timeout", hint) : null);
    }

    private static LookupRetry? Retry(Hint hint)
    {
        string? predicate = Option(hint, "retry-predicate");
        if (predicate is null) return null;
        if (predicate != "lookup_miss") throw Invalid("'retry-predicate' can only be 'lookup_miss'.", hint);
        if (Option(hint, "retry-strategy") != "fixed_delay")
            throw Invalid("'retry-strategy' must be 'fixed_delay'.", hint);
        string delay = Option(hint, "fixed-delay") ?? throw Invalid("The retry needs 'fixed-delay'.", hint);
        string attempts =
            Option(hint, "max-attempts") ?? throw Invalid("The retry needs 'max-attempts'.", hint);
        return new LookupRetry(
            Number(attempts, "max-attempts", hint), Milliseconds(delay, "fixed-delay", hint));
    }

    /// <summary>The last one of an option that is written twice.</summary>
    private static string? Option(Hint hint, string key) =>
        hint.Items.LastOrDefault(i => i.Key == key)?.Value;

    private static int Number(string text, string key, Hint hint) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
            ? value
            : throw Invalid($"'{key}' of the LOOKUP hint must be a whole number above 0.", hint);

    private static long Milliseconds(string text, string key, Hint hint) =>
        DurationText.TryParse(text, DurationText.LongestWait, out TimeSpan duration)
            ? (long)duration.TotalMilliseconds
            : throw Invalid($"'{key}' of the LOOKUP hint must be "
                + $"{DurationText.Expected(text, DurationText.LongestWait)}.", hint);

    private static SqlException Invalid(string message, Hint hint) =>
        new(SqlErrorKind.Invalid, message, hint.Span);
}
