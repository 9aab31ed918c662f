using System.Text;
using Millrace.Connectors.Options;

namespace Millrace.Connectors.Formats.Csv;

/// <summary>The options below <c>csv.</c>; a character that is off is 0.</summary>
/// <param name="Quote">Around fields that hold other special characters; doubled inside.</param>
/// <param name="Escape">Takes the special meaning from the next character.</param>
/// <param name="NullLiteral">The text of NULL, or null where no text is.</param>
/// <param name="AllowsComments">Lines that begin with # are left out.</param>
/// <param name="ElementDelimiter">Between the elements of an ARRAY and the fields of a ROW.</param>
internal sealed record CsvFormatOptions(
    byte Delimiter,
    byte Quote,
    byte Escape,
    byte[]? NullLiteral,
    bool AllowsComments,
    bool IgnoresParseErrors,
    byte[] ElementDelimiter)
{
    public static CsvFormatOptions Read(OptionReader options)
    {
        bool hasNoQuote = options.Boolean("csv.disable-quote-character", false);
        if (hasNoQuote && options.Has("csv.quote-character"))
            throw options.Error("cannot have both csv.quote-character and csv.disable-quote-character");
        return new CsvFormatOptions(
            Character(options, "csv.field-delimiter", (byte)','),
            hasNoQuote ? (byte)0 : Character(options, "csv.quote-character", (byte)'"'),
            Character(options, "csv.escape-character", 0),
            options.Text("csv.null-literal") is { } literal ? Encoding.UTF8.GetBytes(literal) : null,
            options.Boolean("csv.allow-comments", false),
            options.Boolean("csv.ignore-parse-errors", false),
            Encoding.UTF8.GetBytes(options.Text("csv.array-element-delimiter", ";")));
    }

    private static byte Character(OptionReader options, string key, byte fallback)
    {
        string? text = options.Text(key);
        if (text is null) return fallback;
        // The two ways in which people write a tab in SQL text.
        if (text == "\\t") return (byte)'\t';
        if (text.Length == 1 && char.IsAscii(text[0]) && text[0] is not ('\n' or '\r')) return (byte)text[0];
        throw options.Malformed(key, "one ASCII character");
    }
}
