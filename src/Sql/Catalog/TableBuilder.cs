using System.Collections.Immutable;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;
using Millrace.Sql.Binding;
using Ast = Millrace.Sql.Syntax;
using MetadataColumn = Millrace.Shared.Connect.MetadataColumn;

namespace Millrace.Sql.Catalog;

/// <summary>
/// CREATE TABLE to <see cref="CatalogTable"/>: columns resolved, expressions bound, options checked.
/// </summary>
internal sealed class TableBuilder
{
    private readonly Ast.CreateTable _statement;
    private readonly List<Field> _physical = [];
    private readonly List<MetadataColumn> _metadata = [];

    private TableBuilder(Ast.CreateTable statement) => _statement = statement;

    /// <param name="folder">Relative places are below it; null leaves them as they are.</param>
    /// <exception cref="SqlException">
    /// Invalid or unsupported definition, or the connector refuses the options.
    /// </exception>
    public static CatalogTable Build(Ast.CreateTable statement, IConnectorRegistry connectors, string? folder)
    {
        Refuse(statement);
        return new TableBuilder(statement).Build(connectors, folder);
    }

    private static void Refuse(Ast.CreateTable statement)
    {
        if (statement.Query is not null)
            throw Unsupported("CREATE TABLE AS is not supported yet.", statement.Query);
        if (statement.Like is not null)
            throw Unsupported("LIKE is not supported yet: write the columns out.", statement.Like);
        if (statement.PartitionKeys.Count > 0)
            throw Unsupported("PARTITIONED BY is not supported yet.", statement.PartitionKeys[0]);
        if (!statement.Elements.Any(e => e is Ast.PhysicalColumn or Ast.ComputedColumn or Ast.MetadataColumn))
            throw Invalid($"The table '{statement.Name}' has no columns; write at least one before WITH.",
                statement.Name);
        if (statement.Options.Count == 0)
            throw Invalid($"The table '{statement.Name}' has no connector; write WITH ('connector' = '…').",
                statement.Name);
    }

    private CatalogTable Build(IConnectorRegistry connectors, string? folder)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (Ast.TableElement element in _statement.Elements) AddPhysical(element, names);
        ImmutableArray<int> key = PrimaryKey();
        foreach (int column in key)
            _physical[column] = _physical[column] with { Type = _physical[column].Type.NotNull() };
        var spec = new TableSpec(
            _statement.Name.Simple, new Schema([.. _physical]), [.. _metadata], key, Options());
        (IConnector connector, TableAbilities abilities) = Check(spec, connectors);
        CheckMetadata(abilities, connector);
        if (folder is not null) spec = connector.Locate(spec, folder);
        return new ColumnResolver(_statement, spec).Resolve(abilities, connector);
    }

    private void AddPhysical(Ast.TableElement element, HashSet<string> names)
    {
        Ast.Identifier? name = element switch
        {
            Ast.PhysicalColumn c => c.Name,
            Ast.ComputedColumn c => c.Name,
            Ast.MetadataColumn c => c.Name,
            _ => null,
        };
        if (name is not null && !names.Add(name.Value))
            throw Invalid($"The column '{name.Value}' is defined twice.", name);
        if (element is Ast.PhysicalColumn physical)
            _physical.Add(new Field(physical.Name.Value, TypeNames.Resolve(physical.Type)));
        if (element is Ast.MetadataColumn metadata)
            _metadata.Add(new MetadataColumn(
                metadata.Name.Value, metadata.Key ?? metadata.Name.Value, TypeNames.Resolve(metadata.Type)));
    }

    private ImmutableArray<int> PrimaryKey()
    {
        List<(Ast.Identifier Name, bool NotEnforced)> columns = [];
        int definitions = 0;
        foreach (Ast.TableElement element in _statement.Elements)
        {
            if (element is Ast.PhysicalColumn { IsPrimaryKey: true } column)
            {
                definitions++;
                columns.Add((column.Name, column.NotEnforced));
            }
            if (element is not Ast.KeyDefinition key) continue;
            if (!key.IsPrimary)
                throw Unsupported("UNIQUE is not supported; write PRIMARY KEY (…) NOT ENFORCED.", key);
            definitions++;
            columns.AddRange(key.Columns.Select(c => (c, key.NotEnforced)));
        }
        if (definitions > 1) throw Invalid("A table has one PRIMARY KEY at most.", columns[^1].Name);
        return [.. columns.Select(c => KeyColumn(c.Name, c.NotEnforced))];
    }

    private int KeyColumn(Ast.Identifier name, bool notEnforced)
    {
        if (!notEnforced)
            throw Invalid(
                "Millrace does not own the data and cannot check the key: write PRIMARY KEY (…) NOT "
                + "ENFORCED.", name);
        int index = _physical.FindIndex(f => f.Name == name.Value);
        return index >= 0
            ? index
            : throw Invalid($"The primary key names '{name.Value}', which is no physical column.", name);
    }

    private ImmutableSortedDictionary<string, string> Options()
    {
        var options = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (Ast.TableOption option in _statement.Options)
        {
            if (options.ContainsKey(option.Key))
                throw Invalid($"The option '{option.Key}' is written twice.", option);
            options[option.Key] = option.Value;
        }
        if (!options.ContainsKey("connector"))
            throw Invalid($"The table '{_statement.Name}' has no option 'connector'.", _statement.Name);
        return options.ToImmutable();
    }

    private (IConnector Connector, TableAbilities Abilities) Check(
        TableSpec spec, IConnectorRegistry connectors)
    {
        try
        {
            IConnector connector = connectors.Find(spec);
            return (connector, connector.Check(spec));
        }
        catch (MillraceException e) when (e.Kind == ErrorKind.Invalid)
        {
            throw new SqlException(SqlErrorKind.Invalid, e.Message, PlaceOf(e.Message));
        }
    }

    /// <summary>The option that the message names, else the table.</summary>
    private Ast.SourceSpan PlaceOf(string message) =>
        _statement.Options.FirstOrDefault(o => message.Contains($"'{o.Key}'", StringComparison.Ordinal))?.Span
        ?? _statement.Name.Span;

    private void CheckMetadata(TableAbilities abilities, IConnector connector)
    {
        foreach (Ast.MetadataColumn column in _statement.Elements.OfType<Ast.MetadataColumn>())
        {
            string key = column.Key ?? column.Name.Value;
            if (abilities.MetadataKeys.Contains(key)) continue;
            string known = abilities.MetadataKeys.Length == 0
                ? "it has none"
                : "it has " + string.Join(", ", abilities.MetadataKeys);
            throw Invalid($"The connector '{connector.Name}' has no metadata '{key}'; {known}.", column);
        }
    }

    private static SqlException Invalid(string message, Ast.SqlNode at) =>
        new(SqlErrorKind.Invalid, message, at.Span);

    private static SqlException Unsupported(string message, Ast.SqlNode at) =>
        new(SqlErrorKind.Unsupported, message, at.Span);
}
