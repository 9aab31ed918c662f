namespace Millrace.Sql.Syntax;

/// <summary>A constant as written.</summary>
public abstract record Literal : SqlExpr;

/// <summary><c>NULL</c>.</summary>
public sealed record NullLiteral : Literal;

/// <summary><c>TRUE</c>, <c>FALSE</c>, or <c>UNKNOWN</c> with no value.</summary>
public sealed record BooleanLiteral(bool? Value) : Literal;

/// <summary>A number without sign.</summary>
/// <param name="Text">Its characters: <c>42</c>, <c>1.50</c>, <c>.5</c>, <c>1E3</c>.</param>
public sealed record NumberLiteral(string Text) : Literal
{
    /// <summary>With an exponent: a DOUBLE.</summary>
    public bool IsApproximate => Text.AsSpan().IndexOfAny('e', 'E') >= 0;

    /// <summary>Digits only: an INT or a BIGINT, by its size.</summary>
    public bool IsInteger => Text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;
}

/// <summary><c>'text'</c>, quotes and escapes undone.</summary>
public sealed record StringLiteral(string Value) : Literal;

/// <summary><c>X'1F'</c>.</summary>
/// <param name="Hex">The hexadecimal digits, an even number of them.</param>
public sealed record BinaryLiteral(string Hex) : Literal;

/// <summary>
/// <c>DATE '2024-01-31'</c>, <c>TIME '..'</c>, <c>TIMESTAMP '..'</c>; the text is not checked yet.
/// </summary>
/// <param name="Kind">The type.</param>
/// <param name="Text">What stands between the quotes.</param>
public sealed record DateTimeLiteral(DateTimeKindName Kind, string Text) : Literal;

/// <summary>The types of <see cref="DateTimeLiteral"/>.</summary>
public enum DateTimeKindName
{
    Date,
    Time,
    Timestamp,
}

/// <summary><c>INTERVAL [-]'text' qualifier</c>.</summary>
/// <param name="Text">What stands between the quotes, its own sign included.</param>
/// <param name="IsNegative">Whether a minus stands before the quotes.</param>
/// <param name="Qualifier">Its units.</param>
public sealed record IntervalLiteral(string Text, bool IsNegative, IntervalQualifier Qualifier) : Literal;
