using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using Millrace.Operators.Expressions;
using Millrace.Operators.Functions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Tests.Functions;

/// <summary>Expressions without input, bound and evaluated as CAST to STRING prints them.</summary>
internal static class Scalar
{
    public static readonly DateTimeOffset Now = new(2024, 3, 10, 6, 59, 59, 500, TimeSpan.Zero);

    public static Literal Of(string? text, LogicalType type) =>
        new(text, text is null ? type : type.NotNull());

    public static Literal Int(int value) => new($"{value}", LogicalType.Int.NotNull());

    public static Literal Text(string? text) => Of(text, LogicalType.String);

    public static Literal Symbol(string word) => new(word, LogicalType.Symbol);

    public static Literal Timestamp(string text, int precision = 3) =>
        Of(text, LogicalType.Timestamp(precision));

    public static Literal Ltz(string text) => Of(text, LogicalType.TimestampLtz(3));

    public static Literal Days(long days) =>
        new($"{days * 86_400_000}", LogicalType.IntervalDayTime.NotNull());

    public static Expr Call(string name, params ImmutableArray<Expr> arguments) =>
        FunctionCatalog.Bind(name, arguments);

    /// <summary>The value as text, NULL as "NULL".</summary>
    public static string Value(Expr expression, string zone = "UTC")
    {
        Expr text = FunctionCatalog.Coerce(expression, LogicalType.String);
        var context = new EvaluationContext(new FakeTimeProvider(Now), zone);
        var column = (BytesColumn)Evaluator.Compile(text, context).Evaluate(new ColumnBatch([], 1));
        return column.IsNull(0) ? "NULL" : column.Text(0);
    }

    public static string Cast(string? text, LogicalType target, bool isTry = false) =>
        Value(FunctionCatalog.Cast(Text(text), target, isTry));

    /// <summary>A type by its SQL name, of those that the tests name in attributes.</summary>
    public static LogicalType Type(string name) => name switch
    {
        "BOOLEAN" => LogicalType.Boolean,
        "TINYINT" => LogicalType.TinyInt,
        "SMALLINT" => LogicalType.SmallInt,
        "INT" => LogicalType.Int,
        "BIGINT" => LogicalType.BigInt,
        "FLOAT" => LogicalType.Float,
        "DOUBLE" => LogicalType.Double,
        "STRING" => LogicalType.String,
        "BYTES" => LogicalType.Bytes,
        "DATE" => LogicalType.Date,
        "TIME" => LogicalType.Time(0),
        "TIMESTAMP(0)" => LogicalType.Timestamp(0),
        "TIMESTAMP(3)" => LogicalType.Timestamp(3),
        "TIMESTAMP(6)" => LogicalType.Timestamp(6),
        "TIMESTAMP_LTZ(3)" => LogicalType.TimestampLtz(3),
        "NULL" => LogicalType.Null,
        _ => Sized(name),
    };

    private static LogicalType Sized(string name)
    {
        string[] parts = name.Split('(', ',', ')');
        int first = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        return parts[0] switch
        {
            "DECIMAL" =>
                LogicalType.Decimal(
                    first, int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture)),
            "CHAR" => LogicalType.Char(first),
            "VARCHAR" => LogicalType.VarChar(first),
            _ => throw new ArgumentException(name),
        };
    }
}
