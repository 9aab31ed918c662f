using Millrace.Shared.Types;
using Ast = Millrace.Sql.Syntax;

namespace Millrace.Sql.Catalog;

/// <summary>Types as written to <see cref="LogicalType"/>s, with Flink's defaults and limits.</summary>
internal static class TypeNames
{
    private const int MaxFraction = 9;

    /// <summary>The type, nullable unless NOT NULL was written.</summary>
    public static LogicalType Resolve(Ast.TypeName name)
    {
        LogicalType type = name switch
        {
            Ast.SimpleType simple => Simple(simple),
            Ast.ArrayTypeName array => LogicalType.Array(Resolve(array.Element)),
            Ast.MultisetTypeName multiset => LogicalType.Multiset(Resolve(multiset.Element)),
            Ast.MapTypeName map => LogicalType.Map(Resolve(map.Key), Resolve(map.Value)),
            Ast.RowTypeName row => LogicalType.Row(
                [.. row.Fields.Select(f => new Field(f.Name.Value, Resolve(f.Type)))]),
            Ast.IntervalTypeName interval => IsMonths(interval.Qualifier.Start)
                ? LogicalType.IntervalYearMonth
                : LogicalType.IntervalDayTime,
            _ => throw new SqlException(
                SqlErrorKind.Unsupported, "This type is not supported yet.", name.Span),
        };
        return type.WithNullable(name.IsNullable ?? true);
    }

    public static bool IsMonths(Ast.TimeUnit unit) => unit
        is Ast.TimeUnit.Year or Ast.TimeUnit.Quarter or Ast.TimeUnit.Month or Ast.TimeUnit.Decade
        or Ast.TimeUnit.Century or Ast.TimeUnit.Millennium;

    private static LogicalType Simple(Ast.SimpleType type) => type.Name switch
    {
        "BOOLEAN" => Plain(type, LogicalType.Boolean),
        "TINYINT" => Plain(type, LogicalType.TinyInt),
        "SMALLINT" => Plain(type, LogicalType.SmallInt),
        "INT" => Plain(type, LogicalType.Int),
        "BIGINT" => Plain(type, LogicalType.BigInt),
        "FLOAT" => Plain(type, LogicalType.Float),
        "DOUBLE" => Plain(type, LogicalType.Double),
        "STRING" => Plain(type, LogicalType.String),
        "BYTES" => Plain(type, LogicalType.Bytes),
        "DATE" => Plain(type, LogicalType.Date),
        "DECIMAL" => Decimal(type),
        "CHAR" => LogicalType.Char(Length(type)),
        "VARCHAR" => LogicalType.VarChar(Length(type)),
        "BINARY" => LogicalType.Binary(Length(type)),
        "VARBINARY" => LogicalType.VarBinary(Length(type)),
        "TIME" => LogicalType.Time(Fraction(type, 0)),
        "TIMESTAMP" => LogicalType.Timestamp(Fraction(type, 6)),
        "TIMESTAMP_LTZ" => LogicalType.TimestampLtz(Fraction(type, 6)),
        "TIMESTAMP_TZ" or "VARIANT" or "RAW" or "NULL" => throw new SqlException(
            SqlErrorKind.Unsupported, $"The type {type.Name} is not supported yet.", type.Span),
        _ => throw new SqlException(SqlErrorKind.Invalid, $"There is no type {type.Name}.", type.Span),
    };

    private static LogicalType Plain(Ast.SimpleType type, LogicalType resolved) => type.Parameters.Count == 0
        ? resolved
        : throw new SqlException(
            SqlErrorKind.Invalid, $"{type.Name} takes no length or precision.", type.Span);

    private static LogicalType Decimal(Ast.SimpleType type)
    {
        int precision = type.Parameters.Count > 0 ? type.Parameters[0] : 10;
        int scale = type.Parameters.Count > 1 ? type.Parameters[1] : 0;
        if (precision is < 1 or > LogicalType.MaxDecimalPrecision)
            throw new SqlException(
                precision < 1 ? SqlErrorKind.Invalid : SqlErrorKind.Unsupported,
                $"The precision of a DECIMAL is 1 to 38, not {precision}.",
                type.Span);
        if (scale < 0 || scale > precision)
            throw new SqlException(
                SqlErrorKind.Invalid,
                $"The scale of a DECIMAL({precision}) is 0 to {precision}, not {scale}.", type.Span);
        return LogicalType.Decimal(precision, scale);
    }

    private static int Length(Ast.SimpleType type)
    {
        int length = type.Parameters.Count > 0 ? type.Parameters[0] : 1;
        return length >= 1
            ? length
            : throw new SqlException(
                SqlErrorKind.Unsupported, $"The length of a {type.Name} is at least 1.", type.Span);
    }

    private static int Fraction(Ast.SimpleType type, int fallback)
    {
        int digits = type.Parameters.Count > 0 ? type.Parameters[0] : fallback;
        return digits is >= 0 and <= MaxFraction
            ? digits
            : throw new SqlException(
                SqlErrorKind.Invalid, $"The precision of a {type.Name} is 0 to 9, not {digits}.", type.Span);
    }
}
