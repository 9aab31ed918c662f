using Millrace.Connectors.Options;

namespace Millrace.Connectors.Formats.Json;

/// <summary>The options below <c>json.</c>.</summary>
/// <param name="FailsOnMissingField">A missing member fails the job instead of giving NULL.</param>
/// <param name="IgnoresParseErrors">A bad field gives NULL and a bad line no row, instead of failing the
/// job.</param>
/// <param name="IsIsoTime">Timestamps have a T in the middle instead of a blank.</param>
/// <param name="IgnoresNullFields">When writing, members that are NULL are left out.</param>
/// <param name="PlainDecimals">When writing, decimals never have an exponent.</param>
internal sealed record JsonFormatOptions(
    bool FailsOnMissingField = false,
    bool IgnoresParseErrors = false,
    bool IsIsoTime = false,
    bool IgnoresNullFields = false,
    bool PlainDecimals = false,
    MapNullKey NullKeys = MapNullKey.Fail,
    string NullKeyLiteral = "null")
{
    public static JsonFormatOptions Read(OptionReader options)
    {
        var read = new JsonFormatOptions(
            options.Boolean("json.fail-on-missing-field", false),
            options.Boolean("json.ignore-parse-errors", false),
            options.Choice("json.timestamp-format.standard", "SQL", "SQL", "ISO-8601") == "ISO-8601",
            options.Boolean("json.encode.ignore-null-fields", false),
            options.Boolean("json.encode.decimal-as-plain-number", false),
            Enum.Parse<MapNullKey>(
                options.Choice("json.map-null-key.mode", "Fail", Enum.GetNames<MapNullKey>())),
            options.Text("json.map-null-key.literal", "null"));
        // Flink's switch between two decoders that give the same rows; there is one here.
        options.Boolean("json.decode.json-parser.enabled", true);
        if (read.FailsOnMissingField && read.IgnoresParseErrors)
            throw options.Error("cannot have both json.fail-on-missing-field and json.ignore-parse-errors");
        return read;
    }
}

/// <summary>What a MAP with a NULL key is written as.</summary>
internal enum MapNullKey
{
    Fail,
    Drop,
    Literal,
}
