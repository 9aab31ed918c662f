using System.Text.Json.Nodes;
using Millrace.CommandProtocol;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Millrace.Pbm.Output;

/// <summary>An object and its children: with guides, where these leave no room indented by a blank a level.</summary>
internal sealed class TreeView(Section section, JsonObject root) : Renderable
{
    private const string Children = "children";
    private const int MaxNodes = 10_000;
    private const int GuideWidth = 4, LeastLabel = 10;

    private readonly List<(int Depth, string Label)> _nodes = NodesOf(section, root);

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        int guides = GuideWidth * _nodes.Max(n => n.Depth);
        IRenderable form = guides + LeastLabel <= maxWidth ? Guided() : Indented(maxWidth - LeastLabel);
        return form.Render(options, maxWidth);
    }

    private Tree Guided()
    {
        var tree = new Tree(new Text(_nodes[0].Label)) { Guide = TreeGuide.Line, Style = Styles.Frame };
        var path = new List<IHasTreeNodes> { tree };
        foreach ((int depth, string label) in _nodes.Skip(1))
        {
            path.RemoveRange(depth, path.Count - depth);
            path.Add(path[^1].AddNode(new Text(label)));
        }
        return tree;
    }

    private Rows Indented(int deepest) => new(_nodes.Select(n =>
        new Padder(new Text(n.Label), new Padding(Math.Clamp(n.Depth, 0, Math.Max(deepest, 0)), 0, 0, 0))));

    /// <summary>Parents before their children; no more than can be looked at.</summary>
    private static List<(int Depth, string Label)> NodesOf(Section section, JsonObject root)
    {
        List<(int, string)> nodes = [];
        var left = new Stack<(int Depth, JsonObject Node)>([(0, root)]);
        while (nodes.Count < MaxNodes && left.TryPop(out (int Depth, JsonObject Node) next))
        {
            nodes.Add((next.Depth, Label(section, next.Node)));
            foreach (JsonObject child in
                (next.Node[Children] as JsonArray ?? []).OfType<JsonObject>().Reverse())
                left.Push((next.Depth + 1, child));
        }
        return nodes;
    }

    private static string Label(Section section, JsonObject node) => string.Join(
        "  ", section.Columns.Select(c => ValueText.Of(node[c.Member], c.Kind)).Where(t => t.Length > 0));
}
