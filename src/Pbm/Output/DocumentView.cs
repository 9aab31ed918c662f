using System.Text.Json.Nodes;
using Millrace.CommandProtocol;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Millrace.Pbm.Output;

/// <summary>
/// A document as the server's sections say; what they do not cover, or what this client does not know, is
/// shown as JSON.
/// </summary>
/// <param name="isPlain">No frames: for files and pipes.</param>
internal sealed class DocumentView(bool isPlain)
{
    public IRenderable Render(CommandDescription command, JsonNode? data)
    {
        if (data is null) return new Rows();
        if (command.Sections.Count == 0) return Json(data);
        List<IRenderable> parts = [];
        foreach (Section section in command.Sections)
        {
            JsonNode? part = section.Member.Length == 0 ? data : (data as JsonObject)?[section.Member];
            if (part is null || (part is JsonArray { Count: 0 } && section.Member.Length > 0)) continue;
            if (parts.Count > 0) parts.Add(new Text(""));
            if (section.Title.Length > 0) parts.Add(new Text(section.Title, Styles.Heading));
            parts.Add(Render(section, part));
        }
        return new Rows(parts);
    }

    private IRenderable Render(Section section, JsonNode part) => (section.Kind, part) switch
    {
        (SectionKinds.Table, JsonArray rows) => new TableView(section, rows, isPlain),
        (SectionKinds.Record, JsonObject members) => new RecordView(section, members),
        (SectionKinds.Text, JsonValue text) => new Text(ValueText.Of(text, ColumnKinds.Text)),
        (SectionKinds.Tree, JsonObject root) => new TreeView(section, root),
        _ => Json(part),
    };

    private static Text Json(JsonNode? data) => new(FrameCodec.ToText(data));
}
