using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.TaskManager.Exchange.Network;

/// <summary>
/// A batch as the payload of a frame and back: the buffers of its columns as they lie in memory, each copied
/// once (docs/exchange.md). A batch says itself which columns it has; no schema is needed.
/// </summary>
internal static class BatchCodec
{
    /// <summary>Rows within rows within rows; a job's types are checked before they come here.</summary>
    private const int MaxDepth = 32;
    private const byte HasValidity = 0x80;
    private const int HeadBytes = 7;

    /// <summary>What <see cref="Write"/> will fill.</summary>
    public static long SizeOf(ColumnBatch batch)
    {
        long size = HeadBytes + (batch.IsInsertOnly ? 0 : batch.RowCount);
        foreach (Column column in batch.Columns) size += SizeOf(column);
        return size;
    }

    public static void Write(ColumnBatch batch, Span<byte> room)
    {
        var output = new PayloadWriter(room);
        output.Int32(batch.RowCount);
        output.Int16(batch.Columns.Length);
        output.Byte(batch.IsInsertOnly ? (byte)0 : (byte)1);
        output.Values(batch.Kinds);
        foreach (Column column in batch.Columns) Write(column, ref output);
        Invariant.Check(output.WrittenBytes == room.Length);
    }

    /// <returns>A batch in pooled buffers that the caller owns.</returns>
    /// <exception cref="InvalidDataException">The payload is no batch.</exception>
    public static ColumnBatch Read(ReadOnlySpan<byte> payload)
    {
        var input = new PayloadReader(payload);
        int rows = input.Count();
        var columns = new Column[input.Int16()];
        bool hasKinds = input.Byte() != 0;
        ChangeKind[]? kinds = hasKinds
            ? MemoryMarshal.Cast<byte, ChangeKind>(input.Take(rows)).ToArray()
            : null;
        for (int i = 0; i < columns.Length; i++) columns[i] = Read(ref input, rows, 0);
        input.End();
        return new ColumnBatch(columns, rows, kinds);
    }

    private static long SizeOf(Column column)
    {
        long size = 1 + (column.MayHaveNulls ? 8L * Validity.WordCount(column.Count) : 0);
        switch (column)
        {
            case BytesColumn bytes:
                return size + (4L * (bytes.Count + 1)) + bytes.Data.Length;
            case ListColumn list:
                size += 2 + (4L * (list.Count + 1));
                foreach (Column child in list.Children) size += 4 + SizeOf(child);
                return size;
            case RowColumn row:
                size += 2;
                foreach (Column child in row.Children) size += SizeOf(child);
                return size;
            default:
                return size + column.SizeBytes;
        }
    }

    private static void Write(Column column, ref PayloadWriter output)
    {
        output.Byte((byte)((byte)TagOf(column) | (column.MayHaveNulls ? HasValidity : 0)));
        if (column.ValidityWords is { } words)
            output.Values<ulong>(words.AsSpan(0, Validity.WordCount(column.Count)));
        switch (column)
        {
            case FixedColumn<bool> c: output.Values(c.Values); break;
            case FixedColumn<sbyte> c: output.Values(c.Values); break;
            case FixedColumn<short> c: output.Values(c.Values); break;
            case FixedColumn<int> c: output.Values(c.Values); break;
            case FixedColumn<long> c: output.Values(c.Values); break;
            case FixedColumn<float> c: output.Values(c.Values); break;
            case FixedColumn<double> c: output.Values(c.Values); break;
            case FixedColumn<Int128> c: output.Values(c.Values); break;
            case BytesColumn c:
                output.Values(c.Offsets);
                output.Values(c.Data);
                break;
            case ListColumn c: Write(c, ref output); break;
            case RowColumn c:
                output.Int16(c.Children.Length);
                foreach (Column child in c.Children) Write(child, ref output);
                break;
        }
    }

    private static void Write(ListColumn list, ref PayloadWriter output)
    {
        output.Int16(list.Children.Length);
        output.Values(list.Offsets);
        foreach (Column child in list.Children)
        {
            output.Int32(child.Count);
            Write(child, ref output);
        }
    }

    private static Column Read(ref PayloadReader input, int rows, int depth)
    {
        if (depth > MaxDepth) throw new InvalidDataException("a batch has columns that are nested too deep");
        byte tag = input.Byte();
        ulong[]? validity = (tag & HasValidity) == 0
            ? null
            : Values<ulong>(ref input, Validity.WordCount(rows));
        return (ColumnTag)(tag & ~HasValidity) switch
        {
            ColumnTag.Boolean => Fixed<bool>(ref input, rows, validity),
            ColumnTag.Int8 => Fixed<sbyte>(ref input, rows, validity),
            ColumnTag.Int16 => Fixed<short>(ref input, rows, validity),
            ColumnTag.Int32 => Fixed<int>(ref input, rows, validity),
            ColumnTag.Int64 => Fixed<long>(ref input, rows, validity),
            ColumnTag.Float32 => Fixed<float>(ref input, rows, validity),
            ColumnTag.Float64 => Fixed<double>(ref input, rows, validity),
            ColumnTag.Int128 => Fixed<Int128>(ref input, rows, validity),
            ColumnTag.Bytes => ReadBytes(ref input, rows, validity),
            ColumnTag.List => ReadList(ref input, rows, validity, depth),
            ColumnTag.Row => ReadRow(ref input, rows, validity, depth),
            _ => throw new InvalidDataException($"a batch has a column of unknown type {tag}"),
        };
    }

    private static FixedColumn<T> Fixed<T>(ref PayloadReader input, int rows, ulong[]? validity)
        where T : unmanaged => new(Values<T>(ref input, rows), rows, validity);

    private static BytesColumn ReadBytes(ref PayloadReader input, int rows, ulong[]? validity)
    {
        int[] offsets = Offsets(ref input, rows);
        return new BytesColumn(offsets, Values<byte>(ref input, offsets[rows]), rows, validity);
    }

    private static ListColumn ReadList(ref PayloadReader input, int rows, ulong[]? validity, int depth)
    {
        var children = new Column[input.Int16()];
        int[] offsets = Offsets(ref input, rows);
        for (int i = 0; i < children.Length; i++)
        {
            int elements = input.Count();
            if (elements < offsets[rows]) throw new InvalidDataException("a list has too few elements");
            children[i] = Read(ref input, elements, depth + 1);
        }
        return new ListColumn(offsets, children, rows, validity);
    }

    private static RowColumn ReadRow(ref PayloadReader input, int rows, ulong[]? validity, int depth)
    {
        var children = new Column[input.Int16()];
        for (int i = 0; i < children.Length; i++) children[i] = Read(ref input, rows, depth + 1);
        return new RowColumn(children, rows, validity);
    }

    /// <summary>One more than the rows: from 0, never falling.</summary>
    private static int[] Offsets(ref PayloadReader input, int rows)
    {
        int[] offsets = Values<int>(ref input, rows + 1L);
        int falling = offsets[0];
        for (int i = 0; i < rows; i++) falling |= offsets[i + 1] | (offsets[i + 1] - offsets[i]);
        if (offsets[0] != 0 || falling < 0) throw new InvalidDataException("a column has impossible offsets");
        return offsets;
    }

    /// <summary>Rents only what has arrived: the bytes are there before the room is taken.</summary>
    private static T[] Values<T>(ref PayloadReader input, long count) where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = input.Take(count * Unsafe.SizeOf<T>());
        T[] values = ArrayPool<T>.Shared.Rent(Math.Max(1, (int)count));
        bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static ColumnTag TagOf(Column column) => column switch
    {
        FixedColumn<bool> => ColumnTag.Boolean,
        FixedColumn<sbyte> => ColumnTag.Int8,
        FixedColumn<short> => ColumnTag.Int16,
        FixedColumn<int> => ColumnTag.Int32,
        FixedColumn<long> => ColumnTag.Int64,
        FixedColumn<float> => ColumnTag.Float32,
        FixedColumn<double> => ColumnTag.Float64,
        FixedColumn<Int128> => ColumnTag.Int128,
        BytesColumn => ColumnTag.Bytes,
        ListColumn => ColumnTag.List,
        RowColumn => ColumnTag.Row,
        _ => throw new MillraceException(
            ErrorKind.Bug, $"A {column.GetType().Name} cannot cross to another process."),
    };

    private enum ColumnTag : byte
    {
        Boolean = 1,
        Int8 = 2,
        Int16 = 3,
        Int32 = 4,
        Int64 = 5,
        Float32 = 6,
        Float64 = 7,
        Int128 = 8,
        Bytes = 9,
        List = 10,
        Row = 11,
    }
}
