using System.Text.RegularExpressions;

namespace Millrace.Shared.Secrets;

/// <summary>
/// Takes passwords out of what is shown: plans, failures, reports, logs. It knows them by the names that
/// stand beside them and by their place in an address; it rather masks too much.
/// </summary>
public static partial class SecretMask
{
    public const string Mask = "***";

    private const string Secret =
        "(?:password|passwd|passphrase|pwd|secret|token|credentials?|(?:api|access|private)[-_.]?key)";

    private const string Names = @"[\w.-]*" + Secret + @"[\w.-]*";

    /// <summary>Whether the value of an option or variable of this name is never shown.</summary>
    public static bool IsSecret(string name) => SecretName().IsMatch(name);

    /// <summary>The text with <see cref="Mask"/> in place of every secret.</summary>
    public static string Apply(string text)
    {
        // What has neither of these has no secret.
        if (text.AsSpan().IndexOfAny('=', ':') < 0) return text;
        string masked = Quoted().Replace(text, "${before}${quote}" + Mask + "${quote}");
        masked = Assigned().Replace(masked, "${before}" + Mask);
        masked = YamlLine().Replace(masked, "${before}" + Mask);
        masked = UrlUser().Replace(masked, "${before}" + Mask + "@");
        return PlainUser().Replace(masked, "${before}" + Mask + "@");
    }

    [GeneratedRegex("^" + Names + "$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    /// <summary><c>'name' = 'value'</c> of SQL, <c>"name": "value"</c> of JSON.</summary>
    [GeneratedRegex(
        @"(?<before>['""]?\b" + Names + @"['""]?\s*=\s*|['""]" + Names + @"['""]\s*:\s*)"
        + @"(?:(?<quote>')(?:[^']|'')*(?:'|$)|(?<quote>"")(?:[^""\\]|\\.)*(?:""|$))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    /// <summary><c>name=value</c> of a URL or a connection string.</summary>
    [GeneratedRegex(
        @"(?<before>\b" + Names + @"[ \t]*=[ \t]*)(?!\*\*\*)[^\s&;,'""()]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Assigned();

    /// <summary><c>name: value</c> on a line of its own; elsewhere a colon begins a sentence.</summary>
    [GeneratedRegex(
        @"(?<before>^[ \t]*[\w.-]*" + Secret + @":[ \t]+)(?!\*\*\*)[^\r\n]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex YamlLine();

    /// <summary><c>//user:password@host</c>; a password may hold an @ and a slash.</summary>
    [GeneratedRegex(@"(?<before>//[^\s:@/'""]*:)[^\s'""]*@", RegexOptions.CultureInvariant)]
    private static partial Regex UrlUser();

    /// <summary><c>user:password@host</c>.</summary>
    [GeneratedRegex(
        @"(?<before>(?<![\w/.-])[\w.-]+:)[^\s:@/'""*]+@(?=[\w\[])", RegexOptions.CultureInvariant)]
    private static partial Regex PlainUser();
}
