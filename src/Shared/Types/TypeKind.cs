namespace Millrace.Shared.Types;

/// <summary>The SQL type roots that Millrace knows, named as in Flink SQL.</summary>
public enum TypeKind
{
    /// <summary>The type of a bare NULL literal; every value is null.</summary>
    Null,
    Boolean,
    TinyInt,
    SmallInt,
    Int,
    BigInt,
    Float,
    Double,
    Decimal,
    Char,
    VarChar,
    Binary,
    VarBinary,
    Date,
    Time,
    Timestamp,
    TimestampLtz,
    IntervalYearMonth,
    IntervalDayTime,
    Array,
    Map,
    Multiset,
    Row,

    /// <summary>
    /// A unit or another word that only a function's argument may be (`DAY` in TIMESTAMPADD).
    /// </summary>
    Symbol,
}

/// <summary>Whether a timestamp column is the time attribute of its stream.</summary>
public enum TimeAttribute
{
    None,
    Rowtime,
    Proctime,
}
