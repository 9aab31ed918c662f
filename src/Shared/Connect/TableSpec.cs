using System.Collections.Immutable;
using Millrace.Shared.Types;

namespace Millrace.Shared.Connect;

/// <summary>A table of the catalog as a connector sees it: resolved columns and the WITH options.</summary>
/// <param name="Physical">The physical columns in DDL order, without computed and metadata columns.</param>
/// <param name="Metadata">
/// The metadata columns; the field's name is the column's, the key what it reads.
/// </param>
/// <param name="PrimaryKey">Indexes into <paramref name="Physical"/>; empty where the table has none.</param>
/// <param name="Options">The WITH options; values may be secrets and are never logged.</param>
public sealed record TableSpec(
    string Name,
    Schema Physical,
    ImmutableArray<MetadataColumn> Metadata,
    ImmutableArray<int> PrimaryKey,
    ImmutableSortedDictionary<string, string> Options)
{
    public string? Option(string key) => Options.GetValueOrDefault(key);

    public TableSpec WithOption(string key, string value) =>
        this with { Options = Options.SetItem(key, value) };
}

/// <summary>
/// A column that the connector fills from what surrounds a record
/// (<c>partition</c>, <c>offset</c>, <c>file.path</c>).
/// </summary>
public sealed record MetadataColumn(string Name, string Key, LogicalType Type);

/// <summary>
/// What a scan must produce, in this order: some of the physical columns, some of the metadata columns, and
/// fields out of JSON text columns that the format decodes in the same pass.
/// </summary>
/// <param name="Columns">The output columns.</param>
/// <param name="Prefilter">
/// Equalities that every wanted row meets (a row where one does not hold may be left out before its other
/// columns are decoded; the plan filters again, so a format may ignore them).
/// </param>
public sealed record ScanSpec(ImmutableArray<ScanColumn> Columns, ImmutableArray<ScanEquality> Prefilter)
{
    /// <summary>
    /// The plan computes with every row that meets all of these: there a <see cref="JsonScanColumn"/> that is
    /// a scalar of another type than asked for is an error, as the function makes it. Null: it is NULL
    /// everywhere.
    /// </summary>
    public ImmutableArray<ScanEquality>? Computed { get; init; }

    /// <summary>The columns that the scan gives.</summary>
    public Schema Output => new([.. Columns.Select(c => new Field(c.Name, c.Type))]);
}

/// <summary>One output column of a scan.</summary>
[System.Text.Json.Serialization.JsonPolymorphic(TypeDiscriminatorPropertyName = "scan")]
[System.Text.Json.Serialization.JsonDerivedType(typeof(PhysicalScanColumn), "physical")]
[System.Text.Json.Serialization.JsonDerivedType(typeof(MetadataScanColumn), "metadata")]
[System.Text.Json.Serialization.JsonDerivedType(typeof(JsonScanColumn), "json")]
public abstract record ScanColumn(string Name, LogicalType Type);

/// <param name="Index">Into <see cref="TableSpec.Physical"/>.</param>
public sealed record PhysicalScanColumn(int Index, string Name, LogicalType Type) : ScanColumn(Name, Type);

/// <param name="Index">Into <see cref="TableSpec.Metadata"/>.</param>
public sealed record MetadataScanColumn(int Index, string Name, LogicalType Type) : ScanColumn(Name, Type);

/// <summary>
/// <c>JSON_VALUE(column, '$.a.b' RETURNING type)</c> with NULL ON EMPTY and NULL ON ERROR, decoded by the
/// format. Only for formats that say they can (<see cref="ISourceConnector"/>).
/// </summary>
/// <param name="Index">The physical STRING column that holds JSON text.</param>
/// <param name="Path">Member names from the root; plain members only.</param>
public sealed record JsonScanColumn(int Index, ImmutableArray<string> Path, string Name, LogicalType Type)
    : ScanColumn(Name, Type)
{
    public bool Equals(JsonScanColumn? other) =>
        other is not null && Index == other.Index && Type == other.Type
        && Path.AsSpan().SequenceEqual(other.Path.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Index, Path.Length, Type);
}

/// <summary>Output column <paramref name="Column"/> (a string) equals the text.</summary>
public sealed record ScanEquality(int Column, string Text);
