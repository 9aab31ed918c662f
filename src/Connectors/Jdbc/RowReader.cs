using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Millrace.Shared.Columns;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Jdbc;

/// <summary>
/// Reads some columns of a table from a cursor into column builders, without boxing. Not thread-safe.
/// </summary>
internal sealed class RowReader
{
    private readonly string _table;
    private readonly Field[] _fields;
    private readonly ColumnBuilder[] _builders;
    private readonly int _firstOrdinal;

    /// <param name="columns">Physical columns of the table, in the order of the query.</param>
    /// <param name="firstOrdinal">Where the first of them is in the query's columns.</param>
    public RowReader(TableSpec table, IEnumerable<int> columns, int firstOrdinal)
    {
        _table = table.Name;
        _fields = [.. columns.Select(c => table.Physical[c])];
        _builders = [.. _fields.Select(f => ColumnBuilder.Create(f.Type))];
        _firstOrdinal = firstOrdinal;
    }

    public int RowCount { get; private set; }

    /// <exception cref="MillraceException">Invalid: a value is not of its column's type.</exception>
    public void Append(RowCursor cursor)
    {
        for (int i = 0; i < _fields.Length; i++)
        {
            int ordinal = _firstOrdinal + i;
            if (cursor.IsNull(ordinal)) _builders[i].AppendNull();
            else AppendValue(cursor, ordinal, i);
        }
        RowCount++;
    }

    /// <summary>The rows so far as a batch that the caller owns.</summary>
    public ColumnBatch Build()
    {
        var batch = new ColumnBatch([.. _builders.Select(b => b.Build())], RowCount);
        RowCount = 0;
        return batch;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AppendValue(RowCursor cursor, int ordinal, int column)
    {
        try
        {
            Append(cursor, ordinal, _fields[column].Type, _builders[column]);
        }
        catch (Exception e)
            when (e is FormatException or OverflowException or InvalidCastException or ArgumentException)
        {
            throw new MillraceException(ErrorKind.Invalid,
                $"Table '{_table}' holds {Shown(cursor, ordinal)} in column '{_fields[column].Name}', which "
                + $"is no {_fields[column].Type.AsNullable()}.", e);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Append(RowCursor cursor, int ordinal, LogicalType type, ColumnBuilder builder)
    {
        switch (builder)
        {
            case FixedColumnBuilder<long> b: b.Append(Long(cursor, ordinal, type)); break;
            case FixedColumnBuilder<int> b: b.Append(Int(cursor, ordinal, type)); break;
            case FixedColumnBuilder<short> b: b.Append(checked((short)cursor.Int64(ordinal))); break;
            case FixedColumnBuilder<sbyte> b: b.Append(checked((sbyte)cursor.Int64(ordinal))); break;
            case FixedColumnBuilder<bool> b: b.Append(Boolean(cursor, ordinal)); break;
            case FixedColumnBuilder<float> b: b.Append((float)cursor.Double(ordinal)); break;
            case FixedColumnBuilder<double> b: b.Append(cursor.Double(ordinal)); break;
            case FixedColumnBuilder<Int128> b: b.Append(cursor.Decimal(ordinal, type.Scale)); break;
            case BytesColumnBuilder b:
                b.Append(type.IsBinary ? cursor.Bytes(ordinal) : cursor.Text(ordinal));
                break;
            default: throw new MillraceException(ErrorKind.Bug, $"A database has no values of type {type}.");
        }
    }

    private static long Long(RowCursor cursor, int ordinal, LogicalType type) => type.Kind == TypeKind.BigInt
        ? cursor.Int64(ordinal)
        : cursor.Timestamp(ordinal, type.UnitsPerSecond);

    private static int Int(RowCursor cursor, int ordinal, LogicalType type) => type.Kind switch
    {
        TypeKind.Date => cursor.Date(ordinal),
        TypeKind.Time => cursor.Time(ordinal),
        _ => checked((int)cursor.Int64(ordinal)),
    };

    private static bool Boolean(RowCursor cursor, int ordinal)
    {
        ReadOnlySpan<byte> text = cursor.Text(ordinal);
        if (text.Length == 1 && text[0] is (byte)'0' or (byte)'1') return text[0] == '1';
        return bool.Parse(Encoding.UTF8.GetString(text));
    }

    private static string Shown(RowCursor cursor, int ordinal)
    {
        const int most = 40;
        string text = Encoding.UTF8.GetString(cursor.Text(ordinal));
        return string.Create(
            CultureInfo.InvariantCulture, $"'{(text.Length > most ? text[..most] + "…" : text)}'");
    }
}
