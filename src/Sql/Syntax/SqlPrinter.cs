using System.Text;

namespace Millrace.Sql.Syntax;

/// <summary>
/// Syntax trees to normalized SQL: keywords in upper case, one blank between tokens, brackets only where
/// precedence asks for them, names in backticks only where they must. Parsing the text again gives an equal
/// tree, for every tree that the parser can give.
/// </summary>
public static class SqlPrinter
{
    public static string Print(SqlNode node)
    {
        var writer = new SqlWriter();
        switch (node)
        {
            case Statement statement: writer.Write(statement); break;
            case QueryNode query: writer.Write(query); break;
            case TableRef table: writer.Write(table); break;
            case TableElement element: writer.Write(element); break;
            case SqlExpr expression: writer.Write(expression); break;
            case TypeName type: writer.Write(type); break;
            case Pattern pattern: writer.Write(pattern); break;
            case SortKey key: writer.Write(key); break;
            case WindowSpec window: writer.Write(window); break;
            case Identifier name: writer.Write(name); break;
            case QualifiedName name: writer.Write(name); break;
            default: throw new ArgumentException($"No text for a {node.GetType().Name}.", nameof(node));
        }

        return writer.ToString();
    }
}

/// <summary>Collects the text of a tree; split like the parser.</summary>
internal sealed partial class SqlWriter
{
    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    private static ArgumentException NoText(SqlNode node) => new($"No text for a {node.GetType().Name}.");

    private void Add(string text) => _text.Append(text);

    private void AddIf(bool condition, string text)
    {
        if (condition) _text.Append(text);
    }

    private void AddString(string value) => _text.Append('\'').Append(value.Replace("'", "''")).Append('\'');

    private void AddOptional<T>(string before, T? node, Action<T> write) where T : class
    {
        if (node is null) return;
        Add(before);
        write(node);
    }

    private void AddList<T>(IReadOnlyList<T> items, Action<T> write, string separator = ", ")
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) Add(separator);
            write(items[i]);
        }
    }

    private void AddBracketed<T>(IReadOnlyList<T> items, Action<T> write)
    {
        Add("(");
        AddList(items, write);
        Add(")");
    }

    /// <summary>A clause with a list, such as <c> PARTITION BY a, b</c>; nothing for an empty list.</summary>
    private void AddClause<T>(string before, IReadOnlyList<T> items, Action<T> write)
    {
        if (items.Count == 0) return;
        Add(before);
        AddList(items, write);
    }

    public void Write(Identifier name) => Add(IsPlain(name.Value) && !Keywords.IsReserved(name.Value)
        ? name.Value
        : "`" + name.Value.Replace("`", "``") + "`");

    public void Write(QualifiedName name) => AddList(name.Parts, Write, ".");

    private static bool IsPlain(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0]) &&
        name.All(c => c == '_' || char.IsAsciiLetterOrDigit(c));
}
