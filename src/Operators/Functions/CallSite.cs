using System.Collections.Immutable;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions;

/// <summary>A call before it is typed: what <see cref="FunctionDefinition.Bind"/> looks at.</summary>
/// <param name="name">As the catalog writes it.</param>
internal sealed class CallSite(string name, ImmutableArray<Expr> arguments, ImmutableArray<string> options)
{
    public string Name { get; } = name;

    public ImmutableArray<Expr> Arguments { get; } = arguments;

    public ImmutableArray<string> Options { get; } = options.IsDefault ? [] : options;

    public int Count => Arguments.Length;

    public Expr this[int index] => Arguments[index];

    public LogicalType Type(int index) => Arguments[index].Type;

    /// <summary>Whether any argument may be NULL: the usual nullability of a result.</summary>
    public bool AnyNullable => Arguments.Any(a => a.Type.Nullable);

    /// <summary>The typed call over the arguments as they are; nullable where any of them is.</summary>
    public Call Call(LogicalType type) => Call(type, Arguments);

    /// <summary>The typed call over coerced arguments; nullable where any of them is.</summary>
    public Call Call(LogicalType type, ImmutableArray<Expr> arguments) =>
        CallExactly(type.WithNullable(arguments.Any(a => a.Type.Nullable)), arguments);

    /// <summary>The typed call, the nullability of <paramref name="type"/> included.</summary>
    public Call CallExactly(LogicalType type, ImmutableArray<Expr> arguments) =>
        new(Name, arguments, type.WithoutTimeAttribute(), Options);

    /// <summary>Refuses other numbers of arguments.</summary>
    /// <param name="max">-1: the same as <paramref name="min"/>.</param>
    public void Arity(int min, int max = -1)
    {
        int most = max < 0 ? min : max;
        if (Count >= min && Count <= most) return;
        string expected = min == most ? $"{min}"
            : most == int.MaxValue ? $"at least {min}"
            : $"{min} to {most}";
        throw new FunctionException(
            $"{Name} takes {expected} argument{(expected == "1" ? "" : "s")}, not {Count}.");
    }

    /// <summary>
    /// The value of an argument that must be a literal string, or null where it is not one.
    /// </summary>
    public string? LiteralText(int index) =>
        index < Count && Arguments[index] is Literal literal ? literal.Text : null;

    /// <summary>The unit of an argument of type Symbol, upper case.</summary>
    public string Symbol(int index) =>
        Arguments[index] is Literal { Type.Kind: TypeKind.Symbol, Text: { } word }
            ? word.ToUpperInvariant()
            : throw new FunctionException(
                $"Argument {index + 1} of {Name} is a unit such as DAY, not a value.");

    /// <summary>The exception for arguments of types that the function does not take.</summary>
    public FunctionException Refuse(string expected) => new(
        $"{Name} cannot be applied to ({string.Join(", ", Arguments.Select(a => a.Type.AsNullable()))}): it "
        + $"takes {expected}.");
}
