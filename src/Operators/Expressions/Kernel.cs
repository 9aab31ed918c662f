using Millrace.Shared.Columns;

namespace Millrace.Operators.Expressions;

/// <summary>
/// Computes a function for a whole batch. Borrows the operands; gives a column of <paramref name="count"/>
/// rows that the caller owns, and may return an operand's column itself after <see cref="Column.Retain"/>.
/// </summary>
/// <param name="arguments">At least one is no constant, or <paramref name="count"/> is 1.</param>
/// <exception cref="Shared.Errors.MillraceException">Invalid: a value that the function fails on.</exception>
internal delegate Column Kernel(ReadOnlySpan<Operand> arguments, int count);
