namespace Millrace.Sql.Syntax;

/// <summary>A type as written, its synonyms folded to one name.</summary>
public abstract record TypeName : SqlNode
{
    /// <summary>False for NOT NULL, true for NULL, null when neither was written.</summary>
    public bool? IsNullable { get; init; }

    public virtual bool Equals(TypeName? other) => base.Equals(other) && IsNullable == other!.IsNullable;

    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), IsNullable);
}

/// <summary>A type without parts.</summary>
/// <param name="Name">
/// In upper case: CHAR, VARCHAR, STRING, BOOLEAN, BINARY, VARBINARY, BYTES, DECIMAL, TINYINT, SMALLINT, INT,
/// BIGINT, FLOAT, DOUBLE, DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ, TIMESTAMP_TZ, NULL, VARIANT; anything else is
/// a name that the grammar does not know, kept for an error that names it.
/// </param>
/// <param name="Parameters">Length, or precision and scale; empty when none was written.</param>
public sealed record SimpleType(string Name, SyntaxList<int> Parameters) : TypeName;

/// <summary><c>ARRAY&lt;element&gt;</c> or <c>element ARRAY</c>.</summary>
public sealed record ArrayTypeName(TypeName Element) : TypeName;

/// <summary><c>MULTISET&lt;element&gt;</c> or <c>element MULTISET</c>.</summary>
public sealed record MultisetTypeName(TypeName Element) : TypeName;

/// <summary><c>MAP&lt;key, value&gt;</c>.</summary>
public sealed record MapTypeName(TypeName Key, TypeName Value) : TypeName;

/// <summary><c>ROW&lt;name type 'comment', ..&gt;</c> or with parentheses.</summary>
public sealed record RowTypeName(SyntaxList<RowTypeField> Fields) : TypeName;

/// <summary>One field of a row type.</summary>
public sealed record RowTypeField(Identifier Name, TypeName Type, string? Comment) : SqlNode;

/// <summary><c>INTERVAL DAY(3) TO SECOND(3)</c> as a type.</summary>
public sealed record IntervalTypeName(IntervalQualifier Qualifier) : TypeName;

/// <summary>The fields of an interval.</summary>
/// <param name="Start">The greatest unit.</param>
/// <param name="End">The smallest unit of <c>start TO end</c>; null for one unit.</param>
/// <param name="Precision">The digits of the greatest unit; null when not written.</param>
/// <param name="FractionPrecision">The digits after the point of seconds; null when not written.</param>
public sealed record IntervalQualifier(
    TimeUnit Start, TimeUnit? End, int? Precision, int? FractionPrecision) : SqlNode;

/// <summary>
/// The units of time that EXTRACT, FLOOR, CEIL, TIMESTAMPADD, TIMESTAMPDIFF and intervals name.
/// </summary>
public enum TimeUnit
{
    Nanosecond,
    Microsecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Decade,
    Century,
    Millennium,
    DayOfWeek,
    IsoDayOfWeek,
    DayOfYear,
    IsoYear,
    Epoch,
}
