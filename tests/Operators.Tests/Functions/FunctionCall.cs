using System.Collections.Immutable;
using System.Globalization;
using Millrace.Operators.Expressions;
using Millrace.Operators.Functions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Tests.Functions;

/// <summary>
/// Binds and evaluates one call over one row of C# values: string, int, long, double, bool, byte[], arrays of
/// these (ARRAY), null (a NULL of STRING), or (value, type).
/// </summary>
internal static class FunctionCall
{
    /// <summary>
    /// The value as text: NULL, plain text, [a,b] for lists, {k=v} for maps, (a,b) for rows.
    /// </summary>
    public static string Run(string name, params object?[] arguments) => Run(name, [], arguments);

    public static string Run(string name, string[] options, params object?[] arguments)
    {
        (Expr call, Column[] columns) = Bind(name, options, arguments);
        var evaluator = Evaluator.Compile(call, new EvaluationContext(TimeProvider.System));
        Column column = evaluator.Evaluate(new ColumnBatch(columns, 1));
        return Text(column, 0, call.Type);
    }

    public static LogicalType TypeOf(string name, params object?[] arguments) =>
        Bind(name, [], arguments).Call.Type;

    private static (Expr Call, Column[] Columns) Bind(string name, string[] options, object?[] arguments)
    {
        Column[] columns = [.. arguments.Select(a => ColumnOf(a))];
        ImmutableArray<Expr> inputs = [.. arguments.Select((a, i) => new InputRef(i, TypeOf(a)))];
        return (FunctionCatalog.Bind(name, inputs, [.. options]), columns);
    }

    public static LogicalType TypeOf(object? value) => value switch
    {
        null or string or string[] { Length: < 0 } => LogicalType.String,
        (_, LogicalType type) => type,
        int => LogicalType.Int,
        long => LogicalType.BigInt,
        double => LogicalType.Double,
        bool => LogicalType.Boolean,
        byte[] => LogicalType.Bytes,
        int?[] => LogicalType.Array(LogicalType.Int),
        string?[] => LogicalType.Array(LogicalType.String),
        int?[][] => LogicalType.Array(LogicalType.Array(LogicalType.Int)),
        Dictionary<string, int?> => LogicalType.Map(LogicalType.String, LogicalType.Int),
        _ => throw new ArgumentException(value.GetType().Name),
    };

    private static Column ColumnOf(object? value)
    {
        ColumnBuilder builder = ColumnBuilder.Create(TypeOf(value));
        Append(builder, value is (var inner, LogicalType) ? inner : value);
        return builder.Build();
    }

    private static void Append(ColumnBuilder builder, object? value)
    {
        switch (value)
        {
            case null: builder.AppendNull(); break;
            case string text:
                ((BytesColumnBuilder)builder).Append(System.Text.Encoding.UTF8.GetBytes(text));
                break;
            case byte[] bytes: ((BytesColumnBuilder)builder).Append(bytes); break;
            case bool truth: ((FixedColumnBuilder<bool>)builder).Append(truth); break;
            case int number: ((FixedColumnBuilder<int>)builder).Append(number); break;
            case long number: ((FixedColumnBuilder<long>)builder).Append(number); break;
            case double number: ((FixedColumnBuilder<double>)builder).Append(number); break;
            case float number: ((FixedColumnBuilder<float>)builder).Append(number); break;
            case Int128 number: ((FixedColumnBuilder<Int128>)builder).Append(number); break;
            case Dictionary<string, int?> map: AppendMap((ListColumnBuilder)builder, map); break;
            case object?[] row when builder is RowColumnBuilder rows: AppendRow(rows, row); break;
            case System.Collections.IEnumerable items: AppendList((ListColumnBuilder)builder, items); break;
            default: throw new ArgumentException(value.GetType().Name);
        }
    }

    private static void AppendMap(ListColumnBuilder builder, Dictionary<string, int?> map)
    {
        foreach ((string key, int? value) in map)
        {
            Append(builder.Children[0], key);
            Append(builder.Children[1], value);
        }
        builder.EndRow();
    }

    private static void AppendRow(RowColumnBuilder builder, object?[] row)
    {
        for (int i = 0; i < row.Length; i++) Append(builder.Children[i], row[i]);
        builder.EndRow();
    }

    private static void AppendList(ListColumnBuilder builder, System.Collections.IEnumerable items)
    {
        foreach (object? item in items) Append(builder.Children[0], item);
        builder.EndRow();
    }

    private static string Text(Column column, int row, LogicalType type)
    {
        if (column.IsNull(row)) return "NULL";
        switch (column)
        {
            case ListColumn list:
                IEnumerable<int> elements = Enumerable.Range(list.Offsets[row], list.Length(row));
                return type.Kind == TypeKind.Map
                    ? "{" + string.Join(",", elements.Select(e =>
                        Text(list.Children[0], e, type.Element!) + "="
                            + Text(list.Children[1], e, type.Value!))) + "}"
                    : "[" + string.Join(",", elements.Select(e => Text(list.Children[0], e, type.Element!)))
                    + "]";
            case RowColumn rows:
                return "(" + string.Join(
                    ",", type.Fields.Select((f, i) => Text(rows.Children[i], row, f.Type))) + ")";
            case BytesColumn bytes when type.IsBinary: return Convert.ToHexString(bytes[row]);
            case FixedColumn<double> c: return c[row].ToString("R", CultureInfo.InvariantCulture);
            default: return Harness.RowText.Of(column, row);
        }
    }
}
