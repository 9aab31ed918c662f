using System.Text;
using Millrace.Connectors.Options;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Files;

/// <summary>What a METADATA column of a file table can hold: the same value in every row of a file.</summary>
internal sealed class FileMetadata(string path)
{
    public static readonly string[] Keys = ["file.path", "file.name", "file.size", "file.modification-time"];

    private readonly FileInfo _file = new(path);

    /// <exception cref="Shared.Errors.MillraceException">Invalid: no such key, or another type.</exception>
    public static void Check(MetadataColumn column, OptionReader options)
    {
        TypeKind? kind = column.Key switch
        {
            "file.path" or "file.name" => TypeKind.VarChar,
            "file.size" => TypeKind.BigInt,
            "file.modification-time" => TypeKind.TimestampLtz,
            _ => null,
        };
        if (kind is null)
            throw options.Error($"has the metadata column '{column.Name}' from '{column.Key}'; "
                + $"there are {string.Join(", ", Keys)}");
        if (column.Type.Kind != kind)
            throw options.Error($"has the metadata column '{column.Name}' of type {column.Type}; "
                + $"'{column.Key}' is {Written(kind)}");
    }

    /// <summary>The column of a batch from this file.</summary>
    public Column Constant(MetadataColumn column, int rows) => column.Key switch
    {
        "file.path" => BytesColumn.Constant(Encoding.UTF8.GetBytes(_file.FullName), rows),
        "file.name" => BytesColumn.Constant(Encoding.UTF8.GetBytes(_file.Name), rows),
        "file.size" => FixedColumn<long>.Constant(_file.Length, rows),
        _ => FixedColumn<long>.Constant(ModificationTime(column.Type.UnitsPerSecond), rows),
    };

    private long ModificationTime(long unitsPerSecond) =>
        (long)((Int128)(_file.LastWriteTimeUtc - DateTime.UnixEpoch).Ticks
            * unitsPerSecond / TimeSpan.TicksPerSecond);

    private static string Written(TypeKind? kind) => kind switch
    {
        TypeKind.VarChar => "a STRING",
        TypeKind.BigInt => "a BIGINT",
        _ => "a TIMESTAMP_LTZ(3)",
    };
}
