namespace Millrace.Connectors.Jdbc;

/// <summary>
/// The rows of a query, one after the other, each value read by the type wanted. Spans live until the next
/// call. A value of another kind is converted where nothing is lost, else <see cref="FormatException"/>.
/// </summary>
internal abstract class RowCursor : IDisposable
{
    public abstract bool Read();

    public abstract bool IsNull(int ordinal);

    public abstract long Int64(int ordinal);

    public abstract double Double(int ordinal);

    /// <summary>UTF-8.</summary>
    public abstract ReadOnlySpan<byte> Text(int ordinal);

    public abstract ReadOnlySpan<byte> Bytes(int ordinal);

    /// <summary>The unscaled value at the scale; digits beyond it are rounded half up.</summary>
    public abstract Int128 Decimal(int ordinal, int scale);

    /// <summary>Days since the epoch.</summary>
    public abstract int Date(int ordinal);

    /// <summary>Milliseconds of the day.</summary>
    public abstract int Time(int ordinal);

    /// <summary>Units since the epoch; a time zone in the text counts, else it is UTC.</summary>
    public abstract long Timestamp(int ordinal, long unitsPerSecond);

    public abstract void Dispose();
}
