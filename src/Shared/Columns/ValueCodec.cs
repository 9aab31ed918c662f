using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Shared.Columns;

/// <summary>
/// Writes one value of a column as bytes and reads it back: a byte 0 for null, or 1 and the value (fixed
/// width little-endian; strings and binary a varint length and the bytes; lists a varint count and the
/// elements; rows their fields). Equal values have equal bytes, so encoded rows serve as keys.
/// </summary>
internal abstract class ValueCodec
{
    public abstract void Encode(Column column, int row, ArrayBufferWriter<byte> output);

    public abstract void Decode(ref ReadOnlySpan<byte> input, ColumnBuilder builder);

    public static ValueCodec For(LogicalType type) => type.Kind switch
    {
        TypeKind.Boolean => new Fixed<bool>(),
        TypeKind.Null or TypeKind.TinyInt => new Fixed<sbyte>(),
        TypeKind.SmallInt => new Fixed<short>(),
        TypeKind.Int or TypeKind.Date or TypeKind.Time or TypeKind.IntervalYearMonth => new Fixed<int>(),
        TypeKind.BigInt or TypeKind.Timestamp or TypeKind.TimestampLtz or TypeKind.IntervalDayTime =>
            new Fixed<long>(),
        TypeKind.Float => new Fixed<float>(),
        TypeKind.Double => new Fixed<double>(),
        TypeKind.Decimal => new Fixed<Int128>(),
        TypeKind.Char or TypeKind.VarChar or TypeKind.Binary or TypeKind.VarBinary => new Bytes(),
        TypeKind.Array => new List([For(type.Element!)]),
        TypeKind.Map => new List([For(type.Element!), For(type.Value!)]),
        TypeKind.Multiset => new List([For(type.Element!), new Fixed<int>()]),
        TypeKind.Row => new Nested([.. type.Fields.Select(f => For(f.Type))]),
        _ => throw new MillraceException(ErrorKind.Bug, $"No codec for values of type {type}."),
    };

    private static void WriteByte(ArrayBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private static void WriteVarint(ArrayBufferWriter<byte> output, uint value)
    {
        while (value >= 0x80)
        {
            WriteByte(output, (byte)(value | 0x80));
            value >>= 7;
        }
        WriteByte(output, (byte)value);
    }

    private static byte ReadByte(ref ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) throw new MillraceException(ErrorKind.Corrupt, "An encoded row ends too early.");
        byte value = input[0];
        input = input[1..];
        return value;
    }

    private static int ReadVarint(ref ReadOnlySpan<byte> input)
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte part = ReadByte(ref input);
            value |= (uint)(part & 0x7F) << shift;
            if (part < 0x80) return checked((int)value);
        }
        throw new MillraceException(ErrorKind.Corrupt, "An encoded row holds a length of more than 32 bits.");
    }

    private static bool ReadPresent(ref ReadOnlySpan<byte> input) => ReadByte(ref input) != 0;

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> input, int size)
    {
        if (input.Length < size)
            throw new MillraceException(ErrorKind.Corrupt, "An encoded row ends too early.");
        ReadOnlySpan<byte> taken = input[..size];
        input = input[size..];
        return taken;
    }

    private sealed class Fixed<T> : ValueCodec where T : unmanaged
    {
        public override void Encode(Column column, int row, ArrayBufferWriter<byte> output)
        {
            if (column.IsNull(row))
            {
                WriteByte(output, 0);
                return;
            }
            Span<byte> room = output.GetSpan(1 + Unsafe.SizeOf<T>());
            room[0] = 1;
            T value = ((FixedColumn<T>)column)[row];
            MemoryMarshal.Write(room[1..], in value);
            output.Advance(1 + Unsafe.SizeOf<T>());
        }

        public override void Decode(ref ReadOnlySpan<byte> input, ColumnBuilder builder)
        {
            if (!ReadPresent(ref input)) builder.AppendNull();
            else
                ((FixedColumnBuilder<T>)builder)
                    .Append(MemoryMarshal.Read<T>(Take(ref input, Unsafe.SizeOf<T>())));
        }
    }

    private sealed class Bytes : ValueCodec
    {
        public override void Encode(Column column, int row, ArrayBufferWriter<byte> output)
        {
            if (column.IsNull(row))
            {
                WriteByte(output, 0);
                return;
            }
            WriteByte(output, 1);
            ReadOnlySpan<byte> value = ((BytesColumn)column)[row];
            WriteVarint(output, (uint)value.Length);
            output.Write(value);
        }

        public override void Decode(ref ReadOnlySpan<byte> input, ColumnBuilder builder)
        {
            if (!ReadPresent(ref input)) builder.AppendNull();
            else ((BytesColumnBuilder)builder).Append(Take(ref input, ReadVarint(ref input)));
        }
    }

    private sealed class List(ValueCodec[] children) : ValueCodec
    {
        public override void Encode(Column column, int row, ArrayBufferWriter<byte> output)
        {
            if (column.IsNull(row))
            {
                WriteByte(output, 0);
                return;
            }
            WriteByte(output, 1);
            var list = (ListColumn)column;
            WriteVarint(output, (uint)list.Length(row));
            for (int e = list.Offsets[row]; e < list.Offsets[row + 1]; e++)
                for (int c = 0; c < children.Length; c++) children[c].Encode(list.Children[c], e, output);
        }

        public override void Decode(ref ReadOnlySpan<byte> input, ColumnBuilder builder)
        {
            if (!ReadPresent(ref input))
            {
                builder.AppendNull();
                return;
            }
            var list = (ListColumnBuilder)builder;
            int count = ReadVarint(ref input);
            for (int e = 0; e < count; e++)
                for (int c = 0; c < children.Length; c++) children[c].Decode(ref input, list.Children[c]);
            list.EndRow();
        }
    }

    private sealed class Nested(ValueCodec[] children) : ValueCodec
    {
        public override void Encode(Column column, int row, ArrayBufferWriter<byte> output)
        {
            WriteByte(output, column.IsNull(row) ? (byte)0 : (byte)1);
            if (column.IsNull(row)) return;
            var rows = (RowColumn)column;
            for (int c = 0; c < children.Length; c++) children[c].Encode(rows.Children[c], row, output);
        }

        public override void Decode(ref ReadOnlySpan<byte> input, ColumnBuilder builder)
        {
            if (!ReadPresent(ref input))
            {
                builder.AppendNull();
                return;
            }
            var rows = (RowColumnBuilder)builder;
            for (int c = 0; c < children.Length; c++) children[c].Decode(ref input, rows.Children[c]);
            rows.EndRow();
        }
    }
}
