using System.Globalization;
using System.Text;
using MySqlConnector;

namespace Millrace.Connectors.Jdbc.MySql;

/// <summary>The rows of a reader.</summary>
internal sealed class MySqlCursor : RowCursor
{
    private readonly MySqlDataReader _reader;
    private readonly IDisposable[] _owned;
    private bool _hasEnded;

    /// <param name="owned">What to dispose after the reader.</param>
    public MySqlCursor(MySqlDataReader reader, params IDisposable[] owned)
    {
        _reader = reader;
        _owned = owned;
    }

    /// <summary>
    /// Ended before the reader is disposed, which would read all rows that are left. Null: they are few.
    /// </summary>
    public MySqlCommand? Scan { get; init; }

    public override bool Read() => !(_hasEnded = !_reader.Read());

    public override bool IsNull(int ordinal) => _reader.IsDBNull(ordinal);

    public override long Int64(int ordinal) => _reader.GetInt64(ordinal);

    public override double Double(int ordinal) => _reader.GetDouble(ordinal);

    public override ReadOnlySpan<byte> Text(int ordinal) => _reader.GetValue(ordinal) switch
    {
        string text => Encoding.UTF8.GetBytes(text),
        byte[] bytes => bytes,
        bool truth => truth ? "1"u8 : "0"u8,
        DateTime time => Encoding.UTF8.GetBytes(
            time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture)),
        var value => Encoding.UTF8.GetBytes(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
    };

    public override ReadOnlySpan<byte> Bytes(int ordinal) =>
        _reader.GetValue(ordinal) is byte[] bytes ? bytes : Text(ordinal);

    public override Int128 Decimal(int ordinal, int scale) => ValueText.ParseDecimal(
        _reader.GetFieldType(ordinal) == typeof(decimal)
            ? Encoding.ASCII.GetBytes(_reader.GetMySqlDecimal(ordinal).ToString())
            : Text(ordinal),
        scale);

    public override int Date(int ordinal) => ValueText.DateOf(_reader.GetDateTime(ordinal));

    public override int Time(int ordinal) => (int)_reader.GetTimeSpan(ordinal).TotalMilliseconds;

    public override long Timestamp(int ordinal, long unitsPerSecond) =>
        ValueText.TimestampOf(_reader.GetDateTime(ordinal), unitsPerSecond);

    public override void Dispose()
    {
        if (Scan is not null && !_hasEnded) MySqlSession.EndEarly(Scan);
        _reader.Dispose();
        foreach (IDisposable owned in _owned) owned.Dispose();
    }
}
