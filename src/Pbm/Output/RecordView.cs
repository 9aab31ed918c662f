using System.Text.Json.Nodes;
using Millrace.CommandProtocol;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Millrace.Pbm.Output;

/// <summary>
/// The members of an object that have a value, a line each: labels beside values, where these have no room in a
/// paragraph.
/// </summary>
internal sealed class RecordView(Section section, JsonObject members) : Renderable
{
    private const int LeastValue = 12, Gap = 2;

    private readonly IReadOnlyList<ColumnDescription> _columns =
        [.. section.Columns.Where(c => ValueText.Of(members[c.Member], c.Kind).Length > 0)];

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        int labels = _columns.Select(c => c.Title.Length).DefaultIfEmpty(0).Max();
        int room = maxWidth - labels - Gap;
        IRenderable form = room >= LeastValue ? Grid(room) : Lines();
        return form.Render(options, maxWidth);
    }

    private Grid Grid(int room)
    {
        var grid = new Grid();
        grid.AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(0, 0, Gap, 0) });
        grid.AddColumn(new GridColumn { Padding = new Padding(0) });
        foreach (ColumnDescription column in _columns)
            grid.AddRow(new Text(column.Title, Styles.Label), ValueView.Cell(members, column, room));
        return grid;
    }

    private Rows Lines() => new(_columns.Select(column => ValueView.Pairs(members, [column])));
}
