using Millrace.Sql.Binding;
using Ast = Millrace.Sql.Syntax;

namespace Millrace.Sql.Catalog;

/// <summary>The tables and views of one script, by name. Names are case-sensitive, as in Flink.</summary>
internal sealed class TableCatalog
{
    private readonly Dictionary<string, CatalogTable> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<CatalogTable, ScanRel> _scans = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Rel> _views = new(StringComparer.Ordinal);

    public CatalogTable? Table(Ast.QualifiedName name) => _tables.GetValueOrDefault(KeyOf(name));

    /// <summary>The bound query of a view; its schema has the view's column names.</summary>
    public Rel? View(Ast.QualifiedName name) => _views.GetValueOrDefault(KeyOf(name));

    /// <summary>The one scan of a table.</summary>
    public ScanRel ScanOf(CatalogTable table, Ast.SourceSpan span)
    {
        if (!table.Abilities.CanScan)
            throw new SqlException(
                SqlErrorKind.Invalid,
                $"The table '{table.Name}' cannot be read as a stream: its connector "
                + $"'{table.Connector.Name}' only "
                + (table.Abilities.CanLookup
                    ? "answers lookup joins; write JOIN … FOR SYSTEM_TIME AS OF PROCTIME()."
                    : "writes."),
                span);
        if (!_scans.TryGetValue(table, out ScanRel? scan))
            _scans[table] = scan =
                new ScanRel(table, [.. Enumerable.Range(0, table.Base.Count)], table.Base, span);
        return scan;
    }

    public bool Has(Ast.QualifiedName name) => Table(name) is not null || View(name) is not null;

    public void Add(CatalogTable table, Ast.QualifiedName name) => _tables.Add(Free(name), table);

    public void Add(Rel view, Ast.QualifiedName name) => _views.Add(Free(name), view);

    public void Drop(Ast.DropStatement drop)
    {
        bool isGone = drop.Target == Ast.DropTarget.View
            ? _views.Remove(KeyOf(drop.Name))
            : _tables.Remove(KeyOf(drop.Name));
        if (!isGone && !drop.IfExists) throw Missing(drop.Name);
    }

    /// <summary>An error for a name that stands for no table and no view.</summary>
    public SqlException Missing(Ast.QualifiedName name)
    {
        string known = string.Join(", ", _tables.Keys.Concat(_views.Keys).Order(StringComparer.Ordinal));
        string hint =
            known.Length == 0 ? "no table has been created before this line" : $"there are: {known}";
        return new SqlException(
            SqlErrorKind.Invalid, $"There is no table or view '{name}'; {hint}.", name.Span);
    }

    private string Free(Ast.QualifiedName name) => Has(name)
        ? throw new SqlException(
            SqlErrorKind.Invalid,
            $"There is a table or view '{name.Simple}' already; give it another name, or write IF NOT "
            + "EXISTS.",
            name.Span)
        : KeyOf(name);

    /// <summary>There is one catalog with one database, whatever they are called.</summary>
    private static string KeyOf(Ast.QualifiedName name) => name.Simple;
}
