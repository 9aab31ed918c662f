using System.Text.Json.Nodes;
using Millrace.CommandProtocol;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Millrace.Pbm.Output;

/// <summary>
/// Rows in the room that there is: a table as long as every column finds its place, in less room a paragraph a
/// row, so that nothing is lost.
/// </summary>
/// <param name="isPlain">No frames.</param>
internal sealed class TableView(Section section, JsonArray rows, bool isPlain) : Renderable
{
    /// <summary>A column of words is never made narrower; numbers and the like are not broken at all.</summary>
    private const int LeastWords = 10;
    private const int FrameOfColumn = 3, FrameOfRow = 1;

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        IRenderable form = isPlain || LeastWidth(options) <= maxWidth ? Table() : Lines();
        return form.Render(options, maxWidth);
    }

    private int LeastWidth(RenderOptions options) =>
        FrameOfRow + section.Columns.Sum(c => FrameOfColumn + LeastWidth(c, options));

    private int LeastWidth(ColumnDescription column, RenderOptions options)
    {
        int width = rows.Select(row => WidthOf(ValueView.Cell(row, column), options))
            .Append(WidthOf(new Text(column.Title), options)).Max();
        return column.Kind == ColumnKinds.Text ? Math.Min(width, LeastWords) : width;
    }

    private static int WidthOf(IRenderable cell, RenderOptions options) =>
        cell.Measure(options, int.MaxValue).Max;

    private Table Table()
    {
        var table = new Table { Border = isPlain ? TableBorder.None : TableBorder.Rounded };
        table.BorderStyle = Styles.Frame;
        foreach (ColumnDescription column in section.Columns)
            table.AddColumn(new TableColumn(new Text(column.Title, Styles.Heading))
            {
                Alignment = ValueText.IsRight(column.Kind) ? Justify.Right : Justify.Left,
                NoWrap = column.Kind != ColumnKinds.Text,
                Padding = isPlain ? new Padding(0, 0, 2, 0) : new Padding(1, 0, 1, 0),
            });
        foreach (JsonNode? row in rows) table.AddRow(section.Columns.Select(c => ValueView.Cell(row, c)));
        return table;
    }

    /// <summary>The first column names the row.</summary>
    private Rows Lines() => new Rows(rows.SelectMany(row => (IEnumerable<IRenderable>)
    [
        ValueView.Cell(row, section.Columns[0]),
        new Padder(ValueView.Pairs(row, section.Columns.Skip(1)), new Padding(2, 0, 0, 0)),
    ]));
}
