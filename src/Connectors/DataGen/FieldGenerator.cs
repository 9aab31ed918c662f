using System.Globalization;
using System.Text;
using Millrace.Connectors.Options;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Connectors.DataGen;

/// <summary>
/// Makes the values of one column: row n's value depends on n, the column's place and its options only.
/// </summary>
internal sealed class FieldGenerator
{
    private const int DefaultLength = 100;

    private readonly LogicalType _type;
    private readonly ulong _seed;
    private readonly bool _isSequence;
    private readonly double _min, _max;
    private readonly long _start, _minWhole, _maxWhole, _maxPastMs;
    private readonly int _length;
    private readonly double _nullRate;

    private FieldGenerator(Field column, int index, OptionReader options)
    {
        _type = column.Type;
        _seed = Mix((ulong)index + 1);
        string prefix = $"fields.{column.Name}.";
        _isSequence = options.Choice(prefix + "kind", "random", "random", "sequence") == "sequence";
        if (_isSequence)
        {
            if (!_type.IsNumeric && !_type.IsCharacter) throw Refused(options, column, "cannot count");
            _start = Bound(options, prefix + "start");
            long end = Bound(options, prefix + "end");
            if (end < _start) throw options.Malformed(prefix + "end", $"{_start} or more, the start");
            RowCount = end - _start == long.MaxValue ? long.MaxValue : end - _start + 1;
            return;
        }
        _nullRate = ReadRate(options, prefix + "null-rate");
        switch (_type.Kind)
        {
            case TypeKind.TinyInt or TypeKind.SmallInt or TypeKind.Int or TypeKind.BigInt:
                (_minWhole, _maxWhole) = Range(options, prefix, _type.Kind);
                break;
            case TypeKind.Float or TypeKind.Double or TypeKind.Decimal:
                (_min, _max) =
                    (ReadNumber(options, prefix + "min", 0), ReadNumber(options, prefix + "max", 1));
                break;
            case TypeKind.Char or TypeKind.VarChar or TypeKind.Binary or TypeKind.VarBinary:
                _length = options.Int32(prefix + "length", Math.Min(DefaultLength, _type.Precision));
                break;
            case TypeKind.Date or TypeKind.Time or TypeKind.Timestamp or TypeKind.TimestampLtz:
                _maxPastMs = (long)options.Duration(prefix + "max-past", TimeSpan.Zero).TotalMilliseconds;
                break;
            case TypeKind.Boolean: break;
            default: throw Refused(options, column, "makes no values");
        }
    }

    /// <summary>Rows that it can make; the largest long where there is no end.</summary>
    public long RowCount { get; } = long.MaxValue;

    public static FieldGenerator Read(Field column, int index, OptionReader options) =>
        new(column, index, options);

    /// <summary>Appends the value of row <paramref name="row"/>.</summary>
    /// <param name="nowMs">The time, for columns that hold times.</param>
    public void Append(long row, long nowMs, ColumnBuilder builder)
    {
        ulong random = Mix(_seed ^ Mix((ulong)row + 1));
        if (_nullRate > 0 && Unit(Mix(random + 1)) < _nullRate) builder.AppendNull();
        else if (_isSequence) AppendWhole(_start + row, builder);
        else AppendRandom(random, nowMs, builder);
    }

    private void AppendRandom(ulong random, long nowMs, ColumnBuilder builder)
    {
        switch (builder)
        {
            case FixedColumnBuilder<bool> b: b.Append((random & 1) != 0); break;
            case FixedColumnBuilder<float> b: b.Append((float)(_min + Unit(random) * (_max - _min))); break;
            case FixedColumnBuilder<double> b: b.Append(_min + Unit(random) * (_max - _min)); break;
            case FixedColumnBuilder<Int128> b: b.Append(Decimal(_min + Unit(random) * (_max - _min))); break;
            case BytesColumnBuilder b when _type.IsCharacter: AppendText(random, b); break;
            case BytesColumnBuilder b: AppendBytes(random, b); break;
            default:
                AppendWhole(
                    _type.IsNumeric ? Whole(random) : Time(nowMs - (long)(Unit(random) * _maxPastMs)),
                    builder);
                break;
        }
    }

    private long Whole(ulong random)
    {
        UInt128 span = (UInt128)((Int128)_maxWhole - _minWhole) + 1;
        return (long)(_minWhole + (Int128)(((UInt128)random * span) >> 64));
    }

    private long Time(long ms) => _type.Kind switch
    {
        TypeKind.Date => ms / 86_400_000,
        TypeKind.Time => ms % 86_400_000,
        _ => ms * (_type.UnitsPerSecond / 1000),
    };

    private void AppendWhole(long value, ColumnBuilder builder)
    {
        switch (builder)
        {
            case FixedColumnBuilder<sbyte> b: b.Append((sbyte)value); break;
            case FixedColumnBuilder<short> b: b.Append((short)value); break;
            case FixedColumnBuilder<int> b: b.Append((int)value); break;
            case FixedColumnBuilder<long> b: b.Append(value); break;
            case FixedColumnBuilder<float> b: b.Append(value); break;
            case FixedColumnBuilder<double> b: b.Append(value); break;
            case FixedColumnBuilder<Int128> b: b.Append(Decimal(value)); break;
            case BytesColumnBuilder b:
                b.Append(Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
                break;
            default: throw new MillraceException(ErrorKind.Bug, $"No numbers go into a column of {_type}.");
        }
    }

    private Int128 Decimal(double value) => (Int128)(value * Math.Pow(10, _type.Scale));

    /// <summary>Hexadecimal digits, as in Flink.</summary>
    private void AppendText(ulong random, BytesColumnBuilder builder)
    {
        Span<byte> text = builder.Reserve(_length);
        for (int i = 0; i < _length; i++)
        {
            if (i % 16 == 0 && i > 0) random = Mix(random);
            text[i] = "0123456789abcdef"u8[(int)(random >> (i % 16 * 4)) & 15];
        }
        builder.Commit(_length);
    }

    private void AppendBytes(ulong random, BytesColumnBuilder builder)
    {
        Span<byte> bytes = builder.Reserve(_length);
        for (int i = 0; i < _length; i++) bytes[i] = (byte)Mix(random + (ulong)i);
        builder.Commit(_length);
    }

    private static double Unit(ulong random) => (random >> 11) * (1.0 / (1UL << 53));

    /// <summary>SplitMix64 (Steele et al. 2014).</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private static (long, long) Range(OptionReader options, string prefix, TypeKind kind)
    {
        (long min, long max) = kind switch
        {
            TypeKind.TinyInt => (sbyte.MinValue, sbyte.MaxValue),
            TypeKind.SmallInt => (short.MinValue, short.MaxValue),
            TypeKind.Int => ((long)int.MinValue, int.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        long low = options.Int64(prefix + "min", min, min, max);
        return (low, options.Int64(prefix + "max", max, low, max));
    }

    private static long Bound(OptionReader options, string key)
    {
        options.Required(key);
        return options.Int64(key, 0, long.MinValue);
    }

    private static double ReadNumber(OptionReader options, string key, double fallback)
    {
        if (options.Text(key) is not { } text) return fallback;
        return double.TryParse(text, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw options.Malformed(key, "a number");
    }

    private static double ReadRate(OptionReader options, string key)
    {
        double rate = ReadNumber(options, key, 0);
        return rate is >= 0 and <= 1 ? rate : throw options.Malformed(key, "a number from 0 to 1");
    }

    private static MillraceException Refused(OptionReader options, Field column, string what) =>
        options.Error($"has the column '{column.Name}' of type {column.Type}, for which 'datagen' {what}");
}
