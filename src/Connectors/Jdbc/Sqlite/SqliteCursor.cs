using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Millrace.Connectors.Jdbc.Sqlite;

/// <summary>
/// The rows of a statement. SQLite types values, not columns: a number may lie there as text, a time as text
/// (<c>2024-01-31 10:00:00</c>) or as milliseconds since the epoch, and reads the same.
/// </summary>
/// <remarks>Called for each value and without loops of their own, so compiled optimized from the first
/// call.</remarks>
internal sealed unsafe class SqliteCursor : RowCursor
{
    private readonly SqliteStatement _statement;
    private readonly IDisposable? _owned;
    private bool _hasEnded;

    /// <param name="owned">What to dispose with the cursor; a cursor without it only resets the
    /// statement.</param>
    public SqliteCursor(SqliteStatement statement, IDisposable? owned = null)
    {
        _statement = statement;
        _owned = owned;
    }

    /// <summary>SQLite would begin again after the last row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override bool Read()
    {
        if (!_hasEnded) _hasEnded = !_statement.Step();
        return !_hasEnded;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override bool IsNull(int ordinal) => TypeOf(ordinal) == SqliteNative.TypeNull;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override long Int64(int ordinal) => TypeOf(ordinal) switch
    {
        SqliteNative.TypeInteger => SqliteNative.ColumnInt64(_statement.Handle, ordinal),
        SqliteNative.TypeFloat => Whole(SqliteNative.ColumnDouble(_statement.Handle, ordinal)),
        _ => long.Parse(Text(ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override double Double(int ordinal) =>
        TypeOf(ordinal) is SqliteNative.TypeInteger or SqliteNative.TypeFloat
        ? SqliteNative.ColumnDouble(_statement.Handle, ordinal)
        : double.Parse(Text(ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override ReadOnlySpan<byte> Text(int ordinal)
    {
        byte* start = SqliteNative.ColumnText(_statement.Handle, ordinal);
        return new ReadOnlySpan<byte>(start, SqliteNative.ColumnBytes(_statement.Handle, ordinal));
    }

    public override ReadOnlySpan<byte> Bytes(int ordinal)
    {
        byte* start = SqliteNative.ColumnBlob(_statement.Handle, ordinal);
        return new ReadOnlySpan<byte>(start, SqliteNative.ColumnBytes(_statement.Handle, ordinal));
    }

    public override Int128 Decimal(int ordinal, int scale)
    {
        // The shortest text that reads back as the same double, not all the digits that SQLite would print.
        if (TypeOf(ordinal) != SqliteNative.TypeFloat) return ValueText.ParseDecimal(Text(ordinal), scale);
        Span<byte> room = stackalloc byte[40];
        double value = SqliteNative.ColumnDouble(_statement.Handle, ordinal);
        if (!Utf8Formatter.TryFormat(value, room, out int size)) throw new FormatException();
        return ValueText.ParseDecimal(room[..size], scale);
    }

    public override int Date(int ordinal) => ValueText.ParseDate(Text(ordinal));

    public override int Time(int ordinal) => ValueText.ParseTime(Text(ordinal));

    public override long Timestamp(int ordinal, long unitsPerSecond) =>
        TypeOf(ordinal) == SqliteNative.TypeInteger
        ? checked(Int64(ordinal) * (unitsPerSecond / 1000))
        : ValueText.ParseTimestamp(Text(ordinal), unitsPerSecond);

    public override void Dispose()
    {
        _statement.Reset();
        _owned?.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int TypeOf(int ordinal) => SqliteNative.ColumnType(_statement.Handle, ordinal);

    private static long Whole(double value) =>
        value == Math.Truncate(value)
            ? checked((long)value) : throw new FormatException("It has a fraction.");
}
