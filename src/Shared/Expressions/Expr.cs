using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Millrace.Shared.Types;

namespace Millrace.Shared.Expressions;

/// <summary>
/// A bound scalar expression over the columns of one batch: names resolved, types known, coercions written
/// out as CAST calls. Immutable, part of a plan, and serializable.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "expr")]
[JsonDerivedType(typeof(InputRef), "input")]
[JsonDerivedType(typeof(Literal), "literal")]
[JsonDerivedType(typeof(Call), "call")]
public abstract record Expr(LogicalType Type);

/// <summary>The value of column <paramref name="Index"/> of the input.</summary>
public sealed record InputRef(int Index, LogicalType Type) : Expr(Type)
{
    public override string ToString() => $"${Index}";
}

/// <summary>A constant.</summary>
/// <param name="Text">
/// Null for NULL; else the value in canonical text: true/false, digits, the characters of a string, binary as
/// hex, a date or timestamp as SQL prints it, an interval as its number of months or milliseconds, a symbol
/// as its word.
/// </param>
public sealed record Literal(string? Text, LogicalType Type) : Expr(Type)
{
    public override string ToString() =>
        Text is null ? "NULL"
        : Type.IsCharacter ? $"'{Text.Replace("'", "''", StringComparison.Ordinal)}'"
        : Text;
}

/// <summary>
/// A function or operator of the catalog applied to arguments; <paramref name="Function"/> is its upper-case
/// name there (<c>+</c>, <c>AND</c>, <c>CASE</c>, <c>CAST</c>, <c>JSON_VALUE</c>).
/// </summary>
/// <param name="Options">
/// What is no value: the behaviour of JSON_VALUE ON EMPTY, a TRIM side. Most calls have none.
/// </param>
public sealed record Call(
    string Function,
    ImmutableArray<Expr> Arguments,
    LogicalType Type,
    ImmutableArray<string> Options = default) : Expr(Type)
{
    public bool Equals(Call? other) =>
        other is not null && Function == other.Function && Type == other.Type
        && Arguments.AsSpan().SequenceEqual(other.Arguments.AsSpan())
        && (Options.IsDefault ? [] : Options.AsSpan())
            .SequenceEqual(other.Options.IsDefault ? [] : other.Options.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Function, Arguments.Length);

    public override string ToString() => Arguments.Length == 2 && !char.IsLetter(Function[0])
        ? $"({Arguments[0]} {Function} {Arguments[1]})"
        : Function == "CAST" || Function == "TRY_CAST"
            ? $"{Function}({Arguments[0]} AS {Type})"
            : $"{Function}({string.Join(", ", Arguments)})";
}
