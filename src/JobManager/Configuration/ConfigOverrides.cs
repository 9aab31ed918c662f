using System.Diagnostics.CodeAnalysis;
using Millrace.Shared.Errors;
using Millrace.Shared.Options;

namespace Millrace.JobManager.Configuration;

/// <summary>
/// Values of keys below <c>job_config</c> that win over those of the file (<c>--conf key=value</c>).
/// </summary>
/// <param name="settings">By key, without <c>job_config</c>.</param>
internal sealed class ConfigOverrides(IReadOnlyDictionary<string, string> settings)
{
    private const string Section = "job_config.";

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>As users write it: below job_config the section's own name goes without saying.</summary>
    public static string Shown(string key) =>
        key.StartsWith(Section, StringComparison.Ordinal) ? key[Section.Length..] : key;

    /// <summary>Asks for a key, which exists by that.</summary>
    /// <param name="key">With the section.</param>
    public bool TryGet(string key, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (!key.StartsWith(Section, StringComparison.Ordinal)) return false;
        _known.Add(Shown(key));
        return settings.TryGetValue(Shown(key), out text);
    }

    /// <summary>Call when everything has been asked for: what nobody asked for is refused.</summary>
    /// <exception cref="MillraceException">Invalid, naming the key that was meant.</exception>
    public void Close()
    {
        foreach (string key in settings.Keys.Where(k => !_known.Contains(k)))
            throw new MillraceException(
                ErrorKind.Invalid, $"--conf {key}: There is no such key below 'job_config'; {Suggest(key)}.");
    }

    private string Suggest(string key)
    {
        string bare = Shown(key);
        string? meant = EditDistance.Nearest(bare, _known)
            ?? _known.FirstOrDefault(k => k.EndsWith($".{bare}", StringComparison.Ordinal));
        if (bare != key) return $"leave 'job_config.' out and write {meant ?? bare}";
        return meant is null ? "docs/job-files.md lists them" : $"the nearest one is '{meant}'";
    }
}
