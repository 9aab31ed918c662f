using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Millrace.Operators.Functions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Jdbc.Sqlite;

/// <summary>
/// Binds values of one type to a parameter. SQLite has integers, doubles, texts and blobs: a BOOLEAN is 0 or
/// 1, a DECIMAL and the types of dates and times are texts (<c>2024-01-31</c>, <c>2024-01-31
/// 10:00:00.000</c>; a TIMESTAMP_LTZ in UTC).
/// </summary>
/// <remarks>Called for each value and without loops of their own, so compiled optimized from the first
/// call.</remarks>
internal abstract unsafe class SqliteBinder
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Bind(SqliteStatement statement, int index, Column column, int row, RowArena arena)
    {
        if (column.IsNull(row)) statement.BindNull(index);
        else BindValue(statement, index, column, row, arena);
    }

    public static SqliteBinder For(LogicalType type) => type.Kind switch
    {
        TypeKind.Boolean => new Int64<bool>(v => v ? 1 : 0),
        TypeKind.TinyInt => new Int64<sbyte>(v => v),
        TypeKind.SmallInt => new Int64<short>(v => v),
        TypeKind.Int => new Int64<int>(v => v),
        TypeKind.BigInt => new BigInt(),
        TypeKind.Float => new Double<float>(v => v),
        TypeKind.Double => new Double<double>(v => v),
        TypeKind.Binary or TypeKind.VarBinary => new Blob(),
        TypeKind.Decimal => new Formatted<Int128>((value, room) =>
            Encoding.UTF8.GetBytes(DecimalText.Format(value, type.Scale), room)),
        TypeKind.Date => new Formatted<int>((day, room) => Format(ValueText.DateOf(day), "yyyy-MM-dd", room)),
        TypeKind.Time => new Formatted<int>((time, room) =>
            Format(ValueText.TimeOf(time), "HH:mm:ss" + Fraction(type.Precision), room)),
        TypeKind.Timestamp or TypeKind.TimestampLtz => new Formatted<long>((units, room) => Format(
            ValueText.DateTimeOf(units, type.UnitsPerSecond),
            "yyyy-MM-dd HH:mm:ss" + Fraction(type.Precision), room)),
        _ => new Text(),
    };

    protected abstract void BindValue(
        SqliteStatement statement, int index, Column column, int row, RowArena arena);

    private static string Fraction(int precision) =>
        precision == 0 ? "" : "." + new string('f', Math.Min(7, precision));

    private static int Format<T>(T value, string format, Span<byte> room) where T : IUtf8SpanFormattable =>
        value.TryFormat(room, out int written, format, CultureInfo.InvariantCulture) ? written : 0;

    private sealed class BigInt : SqliteBinder
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void BindValue(
            SqliteStatement statement, int index, Column column, int row, RowArena arena) =>
            statement.BindInt64(index, ((FixedColumn<long>)column)[row]);
    }

    private sealed class Int64<T>(Func<T, long> widen) : SqliteBinder where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void BindValue(
            SqliteStatement statement, int index, Column column, int row, RowArena arena) =>
            statement.BindInt64(index, widen(((FixedColumn<T>)column)[row]));
    }

    private sealed class Double<T>(Func<T, double> widen) : SqliteBinder where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void BindValue(
            SqliteStatement statement, int index, Column column, int row, RowArena arena) =>
            statement.BindDouble(index, widen(((FixedColumn<T>)column)[row]));
    }

    private sealed class Text : SqliteBinder
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void BindValue(
            SqliteStatement statement, int index, Column column, int row, RowArena arena)
        {
            ReadOnlySpan<byte> value = ((BytesColumn)column)[row];
            statement.BindText(index, arena.Copy(value), value.Length);
        }
    }

    private sealed class Blob : SqliteBinder
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void BindValue(
            SqliteStatement statement, int index, Column column, int row, RowArena arena)
        {
            ReadOnlySpan<byte> value = ((BytesColumn)column)[row];
            statement.BindBlob(index, arena.Copy(value), value.Length);
        }
    }

    private delegate int Formatter<T>(T value, Span<byte> room);

    private sealed class Formatted<T>(Formatter<T> format) : SqliteBinder where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void BindValue(
            SqliteStatement statement, int index, Column column, int row, RowArena arena)
        {
            Span<byte> room = stackalloc byte[64];
            int size = format(((FixedColumn<T>)column)[row], room);
            statement.BindText(index, arena.Copy(room[..size]), size);
        }
    }
}
