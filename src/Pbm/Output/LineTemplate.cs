using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Millrace.CommandProtocol;

namespace Millrace.Pbm.Output;

/// <summary>
/// An observation in one line: <c>{member:kind}</c> stands for a member of the document; what is in brackets
/// is left out where none of its members has a value.
/// </summary>
internal static partial class LineTemplate
{
    public static string Fill(string template, JsonNode? data) => Members(
        Optional().Replace(template, m => HasValue(m.Groups[1].Value, data) ? m.Groups[1].Value : ""), data);

    private static bool HasValue(string part, JsonNode? data) =>
        Member().Matches(part).Any(m => Value(m, data).Length > 0);

    private static string Members(string template, JsonNode? data) =>
        Member().Replace(template, m => Value(m, data));

    private static string Value(Match member, JsonNode? data)
    {
        JsonNode? value = data is JsonObject members ? members[member.Groups[1].Value] : null;
        string kind = member.Groups[2].Success ? member.Groups[2].Value : ColumnKinds.Text;
        return ValueText.Of(value, kind).Replace('\n', ' ');
    }

    [GeneratedRegex(@"\[([^\]]*)\]")]
    private static partial Regex Optional();

    [GeneratedRegex(@"\{(\w+)(?::(\w+))?\}")]
    private static partial Regex Member();
}
