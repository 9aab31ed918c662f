using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Millrace.Shared.Types;

/// <summary>
/// A Flink SQL type with its nullability; immutable, compared by value.
/// </summary>
/// <remarks>
/// How the values of a type lie in a column (<see cref="Columns.Column"/>):
/// BOOLEAN one byte 0 or 1; TINYINT to BIGINT, FLOAT, DOUBLE as they are; DECIMAL(p, s) the unscaled value as
/// Int128; CHAR, VARCHAR UTF-8 bytes; BINARY, VARBINARY bytes; DATE Int32 days since 1970-01-01; TIME Int32
/// milliseconds of the day; TIMESTAMP and TIMESTAMP_LTZ Int64 since the epoch in milliseconds (precision
/// 0-3), microseconds (4-6) or nanoseconds (7-9), TIMESTAMP as if its wall clock were UTC; INTERVAL YEAR TO
/// MONTH Int32 months; INTERVAL DAY TO SECOND Int64 milliseconds; ARRAY, MAP, MULTISET, ROW nested columns.
/// </remarks>
public sealed record LogicalType(TypeKind Kind, bool Nullable = true)
{
    /// <summary>The length of STRING and BYTES.</summary>
    public const int MaxLength = int.MaxValue;

    /// <summary>The most digits of a DECIMAL.</summary>
    public const int MaxDecimalPrecision = 38;

    /// <summary>
    /// Digits of a DECIMAL, fraction digits of a time type, length of a string or binary type.
    /// </summary>
    public int Precision { get; init; }

    /// <summary>Fraction digits of a DECIMAL.</summary>
    public int Scale { get; init; }

    /// <summary>Only for TIMESTAMP(3) and TIMESTAMP_LTZ(3) columns.</summary>
    public TimeAttribute TimeAttribute { get; init; }

    /// <summary>Element of ARRAY and MULTISET, key of MAP.</summary>
    public LogicalType? Element { get; init; }

    /// <summary>Value of MAP.</summary>
    public LogicalType? Value { get; init; }

    /// <summary>Fields of ROW.</summary>
    public ImmutableArray<Field> Fields { get; init; } = [];

    public static readonly LogicalType Null = new(TypeKind.Null);
    public static readonly LogicalType Boolean = new(TypeKind.Boolean);
    public static readonly LogicalType TinyInt = new(TypeKind.TinyInt);
    public static readonly LogicalType SmallInt = new(TypeKind.SmallInt);
    public static readonly LogicalType Int = new(TypeKind.Int);
    public static readonly LogicalType BigInt = new(TypeKind.BigInt);
    public static readonly LogicalType Float = new(TypeKind.Float);
    public static readonly LogicalType Double = new(TypeKind.Double);
    public static readonly LogicalType String = VarChar(MaxLength);
    public static readonly LogicalType Bytes = VarBinary(MaxLength);
    public static readonly LogicalType Date = new(TypeKind.Date);
    public static readonly LogicalType Symbol = new(TypeKind.Symbol, false);
    public static readonly LogicalType IntervalYearMonth = new(TypeKind.IntervalYearMonth);
    public static readonly LogicalType IntervalDayTime = new(TypeKind.IntervalDayTime);

    public static LogicalType Char(int length) => new(TypeKind.Char) { Precision = length };
    public static LogicalType VarChar(int length) => new(TypeKind.VarChar) { Precision = length };
    public static LogicalType Binary(int length) => new(TypeKind.Binary) { Precision = length };
    public static LogicalType VarBinary(int length) => new(TypeKind.VarBinary) { Precision = length };
    public static LogicalType Time(int precision) => new(TypeKind.Time) { Precision = precision };
    public static LogicalType Timestamp(int precision) => new(TypeKind.Timestamp) { Precision = precision };
    public static LogicalType TimestampLtz(int precision) =>
        new(TypeKind.TimestampLtz) { Precision = precision };
    public static LogicalType Decimal(int precision, int scale) =>
        new(TypeKind.Decimal) { Precision = precision, Scale = scale };
    public static LogicalType Array(LogicalType element) => new(TypeKind.Array) { Element = element };
    public static LogicalType Multiset(LogicalType element) => new(TypeKind.Multiset) { Element = element };
    public static LogicalType Map(LogicalType key, LogicalType value) =>
        new(TypeKind.Map) { Element = key, Value = value };
    public static LogicalType Row(params ReadOnlySpan<Field> fields) =>
        new(TypeKind.Row) { Fields = [.. fields] };

    public LogicalType AsNullable() => Nullable ? this : this with { Nullable = true };

    public LogicalType NotNull() => Nullable ? this with { Nullable = false } : this;

    public LogicalType WithNullable(bool nullable) => nullable ? AsNullable() : NotNull();

    /// <summary>The same type as a plain column, without its time attribute.</summary>
    public LogicalType WithoutTimeAttribute() =>
        TimeAttribute == TimeAttribute.None ? this : this with { TimeAttribute = TimeAttribute.None };

    [JsonIgnore]
    public bool IsCharacter => Kind is TypeKind.Char or TypeKind.VarChar;

    [JsonIgnore]
    public bool IsBinary => Kind is TypeKind.Binary or TypeKind.VarBinary;

    [JsonIgnore]
    public bool IsInteger => Kind is >= TypeKind.TinyInt and <= TypeKind.BigInt;

    [JsonIgnore]
    public bool IsApproximate => Kind is TypeKind.Float or TypeKind.Double;

    [JsonIgnore]
    public bool IsNumeric => Kind is >= TypeKind.TinyInt and <= TypeKind.Decimal;

    [JsonIgnore]
    public bool IsTimestamp => Kind is TypeKind.Timestamp or TypeKind.TimestampLtz;

    [JsonIgnore]
    public bool IsInterval => Kind is TypeKind.IntervalYearMonth or TypeKind.IntervalDayTime;

    /// <summary>Units of a timestamp column in a second: 1,000, 1,000,000 or 1,000,000,000.</summary>
    [JsonIgnore]
    public long UnitsPerSecond =>
        Precision switch { <= 3 => 1_000L, <= 6 => 1_000_000L, _ => 1_000_000_000L };

    public bool Equals(LogicalType? other) =>
        other is not null && Kind == other.Kind && Nullable == other.Nullable && Precision == other.Precision
        && Scale == other.Scale && TimeAttribute == other.TimeAttribute && Equals(Element, other.Element)
        && Equals(Value, other.Value) && Fields.AsSpan().SequenceEqual(other.Fields.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Kind, Nullable, Precision, Scale, Element, Value);

    /// <summary>
    /// Flink's own spelling: <c>BIGINT NOT NULL</c>, <c>STRING</c>, <c>TIMESTAMP(3) *ROWTIME*</c>.
    /// </summary>
    public override string ToString()
    {
        // Flink writes the attribute last: TIMESTAMP(3) NOT NULL *ROWTIME*.
        string text = Nullable || Kind == TypeKind.Null ? Name() : Name() + " NOT NULL";
        if (TimeAttribute != TimeAttribute.None)
            text += TimeAttribute == TimeAttribute.Rowtime ? " *ROWTIME*" : " *PROCTIME*";
        return text;
    }

    private string Name() => Kind switch
    {
        TypeKind.Int => "INT",
        TypeKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"DECIMAL({Precision}, {Scale})"),
        TypeKind.VarChar => Precision == MaxLength ? "STRING" : Sized("VARCHAR"),
        TypeKind.Char => Sized("CHAR"),
        TypeKind.VarBinary => Precision == MaxLength ? "BYTES" : Sized("VARBINARY"),
        TypeKind.Binary => Sized("BINARY"),
        TypeKind.Time => Sized("TIME"),
        TypeKind.Timestamp => Sized("TIMESTAMP"),
        TypeKind.TimestampLtz => Sized("TIMESTAMP_LTZ"),
        TypeKind.IntervalYearMonth => "INTERVAL MONTH",
        TypeKind.IntervalDayTime => "INTERVAL SECOND(3)",
        TypeKind.Array => $"ARRAY<{Element}>",
        TypeKind.Multiset => $"MULTISET<{Element}>",
        TypeKind.Map => $"MAP<{Element}, {Value}>",
        TypeKind.Row => $"ROW<{string.Join(", ", Fields.Select(f => $"`{f.Name}` {f.Type}"))}>",
        _ => Kind.ToString().ToUpperInvariant(),
    };

    private string Sized(string name) => string.Create(CultureInfo.InvariantCulture, $"{name}({Precision})");
}

/// <summary>A named column of a schema or a ROW.</summary>
public sealed record Field(string Name, LogicalType Type);
