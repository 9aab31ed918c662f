using System.Globalization;
using System.Text;
using Millrace.Operators.Functions.Conversion;
using Millrace.Operators.Functions.Temporal;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Expressions;

/// <summary>Constants as columns of one row.</summary>
internal static class Constants
{
    /// <summary>The value of a literal; the caller owns the column of one row.</summary>
    public static Column Of(Literal literal)
    {
        LogicalType type = literal.Type;
        if (literal.Text is not { } text) return Nulls(type, 1);
        switch (type.Kind)
        {
            case TypeKind.Char or TypeKind.VarChar or TypeKind.Symbol:
                return BytesColumn.Constant(Encoding.UTF8.GetBytes(text), 1);
            case TypeKind.Binary or TypeKind.VarBinary:
                return BytesColumn.Constant(Convert.FromHexString(text), 1);
            case TypeKind.IntervalYearMonth:
                return FixedColumn<int>.Constant(int.Parse(text, CultureInfo.InvariantCulture), 1);
            case TypeKind.IntervalDayTime:
                return FixedColumn<long>.Constant(long.Parse(text, CultureInfo.InvariantCulture), 1);
            default:
                return Parse(text, type);
        }
    }

    /// <summary>A column of one row, repeated; the caller owns the result.</summary>
    public static Column Repeat(Column one, int count) => one.Gather(new int[count]);

    /// <summary>A column of nulls of the type; the caller owns it.</summary>
    public static Column Nulls(LogicalType type, int count)
    {
        ColumnBuilder builder =
            ColumnBuilder.Create(type.Kind == TypeKind.Symbol ? LogicalType.String : type, count);
        for (int i = 0; i < count; i++) builder.AppendNull();
        return builder.Build();
    }

    private static Column Parse(string text, LogicalType type)
    {
        Operand source = Operand.Constant(BytesColumn.Constant(Encoding.UTF8.GetBytes(text), 1));
        Column value = CastKernels.Choose(LogicalType.String, type, Zone.Utc, isTry: false)([source], 1);
        source.Release();
        return value;
    }
}
