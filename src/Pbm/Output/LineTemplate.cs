using System.Text;
using System.Text.Json.Nodes;
using Millrace.CommandProtocol;

namespace Millrace.Pbm.Output;

/// <summary>An observation in one line: <c>{member:kind}</c> stands for a member of the document.</summary>
internal static class LineTemplate
{
    public static string Fill(string template, JsonNode? data)
    {
        var line = new StringBuilder();
        int at = 0;
        while (at < template.Length)
        {
            int close = template[at] == '{' ? template.IndexOf('}', at) : -1;
            if (close < 0)
            {
                line.Append(template[at++]);
                continue;
            }
            string[] parts = template[(at + 1)..close].Split(':', 2);
            JsonNode? value = data is JsonObject members ? members[parts[0]] : null;
            string text = ValueText.Of(value, parts.Length == 2 ? parts[1] : ColumnKinds.Text);
            line.Append(text.Replace('\n', ' '));
            at = close + 1;
        }
        return line.ToString().TrimEnd();
    }
}
