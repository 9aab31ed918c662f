using Millrace.Shared.Errors;

namespace Millrace.Shared.Configuration;

/// <summary>Every key of a program with its value.</summary>
public sealed class ConfigValues(IReadOnlyDictionary<string, ConfigValue> values)
{
    public ConfigValue this[ConfigKey key] => values[key.Name];

    /// <summary>What differs from the defaults, secrets masked: one line for the log.</summary>
    public string Summary => string.Join(", ", values.Values
        .Where(v => v.Text != v.Key.Default)
        .Select(v => $"{v.Key.Name}={v.Shown}"));

    /// <summary>A value that may stand in a file of its own, so that nobody else can read it.</summary>
    /// <returns>Empty where neither is set.</returns>
    /// <exception cref="MillraceException">Invalid: both are set, or the file cannot be read.</exception>
    public string Secret(ConfigKey key, ConfigKey fileKey)
    {
        ConfigValue file = this[fileKey];
        if (!file.IsSet) return this[key].Text;
        if (this[key].IsSet)
            throw new MillraceException(
                ErrorKind.Invalid, $"{file.Place}: '{key.Name}' and '{fileKey.Name}' are both set; set one.");
        return ReadText(file).Trim();
    }

    /// <summary>The text of the file that a key names; empty where it names none.</summary>
    /// <exception cref="MillraceException">Invalid: it cannot be read.</exception>
    public string FileText(ConfigKey fileKey) => this[fileKey].IsSet ? ReadText(this[fileKey]) : "";

    private static string ReadText(ConfigValue file)
    {
        try
        {
            return File.ReadAllText(file.Text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MillraceException(
                ErrorKind.Invalid, $"{file.Place}: '{file.Key.Name}' cannot be read: {e.Message}", e);
        }
    }
}
