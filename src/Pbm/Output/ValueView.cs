using System.Text.Json.Nodes;
using Millrace.CommandProtocol;
using Spectre.Console;

namespace Millrace.Pbm.Output;

/// <summary>Members of an object with their colours.</summary>
internal static class ValueView
{
    /// <param name="room">Columns that a bar may take.</param>
    public static Text Cell(JsonNode? row, ColumnDescription column, int room = int.MaxValue)
    {
        string text = TextOf(row, column, room);
        return new Text(text, Styles.Of(column.Kind, text));
    }

    /// <summary>Titles and values one after the other; what has no value is left out.</summary>
    public static Paragraph Pairs(JsonNode? row, IEnumerable<ColumnDescription> columns)
    {
        List<(ColumnDescription Column, string Text)> said =
            [.. columns.Select(c => (c, TextOf(row, c, room: 0))).Where(c => c.Item2.Length > 0)];
        var pairs = new Paragraph();
        for (int i = 0; i < said.Count; i++)
        {
            (ColumnDescription column, string text) = said[i];
            // In one piece: a line must not begin with a comma.
            string end = i < said.Count - 1 ? "," : "";
            pairs.Append($"{(i == 0 ? "" : " ")}{column.Title} ", Styles.Label)
                .Append(text + end, Styles.Of(column.Kind, text));
        }
        return pairs;
    }

    private static string TextOf(JsonNode? row, ColumnDescription column, int room) =>
        ValueText.Of((row as JsonObject)?[column.Member], column.Kind, room);
}
