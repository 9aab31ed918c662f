using System.Buffers.Text;
using Millrace.Operators.Functions.Temporal;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Conversion;

/// <summary>Prints values of one type as a CAST to STRING does.</summary>
internal abstract class ValueWriter
{
    /// <summary>Writes the value of a row that is not NULL; gives the number of bytes.</summary>
    /// <param name="output">Where the value goes; grows as needed.</param>
    public abstract void Write(Column column, int row, TextBuffer output);

    private readonly TextBuffer _buffer = new();

    public void Append(Column column, int row, BytesColumnBuilder builder)
    {
        _buffer.Clear();
        Write(column, row, _buffer);
        builder.Append(_buffer.Written);
    }

    /// <param name="zone">Of TIMESTAMP_LTZ values.</param>
    public static ValueWriter For(LogicalType type, Zone zone) => type.Kind switch
    {
        TypeKind.Boolean => new Fixed<bool>((value, room) => WriteWord(value ? "TRUE"u8 : "FALSE"u8, room)),
        TypeKind.Null or TypeKind.TinyInt => new Fixed<sbyte>((value, room) => WriteInteger(value, room)),
        TypeKind.SmallInt => new Fixed<short>((value, room) => WriteInteger(value, room)),
        TypeKind.Int => new Fixed<int>((value, room) => WriteInteger(value, room)),
        TypeKind.BigInt => new Fixed<long>(WriteInteger),
        TypeKind.Float => new Fixed<float>(NumberText.Write),
        TypeKind.Double => new Fixed<double>(NumberText.Write),
        TypeKind.Decimal => new Fixed<Int128>((value, room) => DecimalText.Write(value, type.Scale, room)),
        TypeKind.Date => new Fixed<int>(TimeText.WriteDate),
        TypeKind.Time => new Fixed<int>(
            (value, room) => TimeText.WriteTime(value, System.Math.Min(type.Precision, 3), room)),
        TypeKind.Timestamp => new Fixed<long>((value, room) => TimeText.WriteTimestamp(value, type, room)),
        TypeKind.TimestampLtz =>
            new Fixed<long>((value, room) => TimeText.WriteTimestamp(Local(value, type, zone), type, room)),
        TypeKind.IntervalYearMonth => new Fixed<int>(TimeText.WriteMonths),
        TypeKind.IntervalDayTime => new Fixed<long>(TimeText.WriteMilliseconds),
        TypeKind.Char or TypeKind.VarChar or TypeKind.Binary or TypeKind.VarBinary => new Text(),
        TypeKind.Array => new List(For(type.Element!, zone)),
        TypeKind.Map => new Map(For(type.Element!, zone), For(type.Value!, zone)),
        TypeKind.Multiset => new Map(For(type.Element!, zone), For(LogicalType.Int, zone)),
        TypeKind.Row => new Row([.. type.Fields.Select(f => For(f.Type, zone))]),
        _ => throw new MillraceException(ErrorKind.Bug, $"No kernel prints values of type {type}."),
    };

    private static long Local(long value, LogicalType type, Zone zone)
    {
        long units = type.UnitsPerSecond / 1000;
        return value + (zone.OffsetAt(Calendar.FloorDiv(value, units)) * units);
    }

    private static int WriteInteger(long value, Span<byte> room)
    {
        bool fits = Utf8Formatter.TryFormat(value, room, out int size);
        Invariant.Check(fits);
        return size;
    }

    private static int WriteWord(ReadOnlySpan<byte> word, Span<byte> room)
    {
        word.CopyTo(room);
        return word.Length;
    }

    private void WriteOrNull(Column column, int row, TextBuffer output)
    {
        if (column.IsNull(row)) output.Append("NULL"u8);
        else Write(column, row, output);
    }

    private delegate int WriteValue<T>(T value, Span<byte> room);

    private sealed class Fixed<T>(WriteValue<T> write) : ValueWriter where T : unmanaged
    {
        public override void Write(Column column, int row, TextBuffer output) =>
            output.Advance(write(((FixedColumn<T>)column)[row], output.Room(NumberText.MaxSize)));
    }

    private sealed class Text : ValueWriter
    {
        public override void Write(Column column, int row, TextBuffer output) =>
            output.Append(((BytesColumn)column)[row]);
    }

    private sealed class List(ValueWriter element) : ValueWriter
    {
        public override void Write(Column column, int row, TextBuffer output)
        {
            var list = (ListColumn)column;
            output.Append("["u8);
            for (int e = list.Offsets[row]; e < list.Offsets[row + 1]; e++)
            {
                if (e > list.Offsets[row]) output.Append(", "u8);
                element.WriteOrNull(list.Children[0], e, output);
            }
            output.Append("]"u8);
        }
    }

    private sealed class Map(ValueWriter key, ValueWriter value) : ValueWriter
    {
        public override void Write(Column column, int row, TextBuffer output)
        {
            var list = (ListColumn)column;
            output.Append("{"u8);
            for (int e = list.Offsets[row]; e < list.Offsets[row + 1]; e++)
            {
                if (e > list.Offsets[row]) output.Append(", "u8);
                key.WriteOrNull(list.Children[0], e, output);
                output.Append("="u8);
                value.WriteOrNull(list.Children[1], e, output);
            }
            output.Append("}"u8);
        }
    }

    private sealed class Row(ValueWriter[] fields) : ValueWriter
    {
        public override void Write(Column column, int row, TextBuffer output)
        {
            var rows = (RowColumn)column;
            output.Append("("u8);
            for (int f = 0; f < fields.Length; f++)
            {
                if (f > 0) output.Append(", "u8);
                fields[f].WriteOrNull(rows.Children[f], row, output);
            }
            output.Append(")"u8);
        }
    }
}
