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
    private const string Children = "children";
    private const int MaxTreeNodes = 10_000;

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
        (SectionKinds.Tree, JsonObject root) => Tree(section, root),
        _ => Json(part),
    };

    private static Text Json(JsonNode? data) => new(FrameCodec.ToText(data));

    private static Tree Tree(Section section, JsonObject root)
    {
        var tree = new Tree(Label(section, root)) { Guide = TreeGuide.Line, Style = Styles.Frame };
        int left = MaxTreeNodes;
        AddChildren(section, tree, root, ref left);
        return tree;
    }

    private static void AddChildren(Section section, IHasTreeNodes parent, JsonObject node, ref int left)
    {
        foreach (JsonObject child in (node[Children] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (left-- <= 0) return;
            AddChildren(section, parent.AddNode(Label(section, child)), child, ref left);
        }
    }

    private static Text Label(Section section, JsonObject node) => new(string.Join(
        "  ", section.Columns.Select(c => ValueText.Of(node[c.Member], c.Kind)).Where(t => t.Length > 0)));
}
