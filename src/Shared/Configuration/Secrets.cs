using System.Text.RegularExpressions;

namespace Millrace.Shared.Configuration;

/// <summary>Hides what nobody should read in logs, messages and tables.</summary>
public static partial class Secrets
{
    public const string Mask = "***";

    /// <summary>
    /// The text with the values of <c>password=</c>, <c>pwd=</c>, <c>secret=</c> and <c>token=</c> and the
    /// password of <c>user:password@host</c> replaced.
    /// </summary>
    public static string Masked(string text) =>
        UserInfo().Replace(Parameter().Replace(text, "$1" + Mask), "$1" + Mask + "@");

    [GeneratedRegex(@"((?:password|pwd|secret|token)\s*=\s*)[^&;\s]+", RegexOptions.IgnoreCase)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"(://[^/\s:@]+:)[^/\s@]+@")]
    private static partial Regex UserInfo();
}
