using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Jdbc;

/// <summary>Which SQL types a JDBC table can have.</summary>
internal static class JdbcTypes
{
    /// <exception cref="MillraceException">Invalid: a column that no database column can hold.</exception>
    public static void Check(TableSpec table)
    {
        foreach (Field field in table.Physical.Fields)
        {
            if (IsStorable(field.Type.Kind)) continue;
            throw new MillraceException(ErrorKind.Invalid,
                $"Table '{table.Name}' has the column '{field.Name}' of type {field.Type}, which the "
                + "connector 'jdbc' cannot store; write it as text.");
        }
        if (table.Metadata.Length > 0)
            throw new MillraceException(ErrorKind.Invalid,
                $"Table '{table.Name}' has the metadata column '{table.Metadata[0].Name}', but the "
                + "connector 'jdbc' has no metadata.");
    }

    private static bool IsStorable(TypeKind kind) => kind is
        TypeKind.Boolean or TypeKind.TinyInt or TypeKind.SmallInt or TypeKind.Int or TypeKind.BigInt
        or TypeKind.Float or TypeKind.Double or TypeKind.Decimal or TypeKind.Char or TypeKind.VarChar
        or TypeKind.Binary or TypeKind.VarBinary or TypeKind.Date or TypeKind.Time or TypeKind.Timestamp
        or TypeKind.TimestampLtz;
}
