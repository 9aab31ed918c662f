using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Functions;

/// <summary>Computes a text or binary value for one row, no argument of which is NULL.</summary>
/// <param name="output">Gets exactly one row.</param>
internal delegate void TextRow(ReadOnlySpan<Operand> arguments, int row, BytesColumnBuilder output);

/// <summary>Computes a value for one row, no argument of which is NULL.</summary>
internal delegate T ValueRow<T>(ReadOnlySpan<Operand> arguments, int row) where T : unmanaged;

/// <summary>As <see cref="ValueRow{T}"/>, where null stands for NULL.</summary>
internal delegate T? NullableRow<T>(ReadOnlySpan<Operand> arguments, int row) where T : unmanaged;

/// <summary>Appends one row of any type; no argument of it is NULL.</summary>
internal delegate void BuilderRow<in TBuilder>(ReadOnlySpan<Operand> arguments, int row, TBuilder output)
    where TBuilder : ColumnBuilder;

/// <summary>
/// Kernels that go row by row and give NULL where any argument is: for functions of text, JSON and
/// collections, whose work per row outweighs the call.
/// </summary>
internal static class RowKernels
{
    public static Kernel Text(TextRow write) => (arguments, count) =>
    {
        var output = new BytesColumnBuilder(count);
        for (int row = 0; row < count; row++)
            if (AnyNull(arguments, row)) output.AppendNull();
            else write(arguments, row, output);
        return output.Build();
    };

    public static Kernel Value<T>(ValueRow<T> compute) where T : unmanaged => (arguments, count) =>
    {
        T[] values = FixedColumn<T>.Rent(count);
        ulong[]? validity = Validities(arguments, count);
        for (int row = 0; row < count; row++)
            values[row] = Validity.IsValid(validity, row) ? compute(arguments, row) : default;
        return new FixedColumn<T>(values, count, validity);
    };

    public static Kernel Nullable<T>(NullableRow<T> compute) where T : unmanaged => (arguments, count) =>
    {
        var output = new FixedColumnBuilder<T>(count);
        for (int row = 0; row < count; row++)
            if (!AnyNull(arguments, row) && compute(arguments, row) is { } value) output.Append(value);
            else output.AppendNull();
        return output.Build();
    };

    /// <param name="create">Makes the builder of the result's type with room for so many rows.</param>
    public static Kernel Build<TBuilder>(Func<int, TBuilder> create, BuilderRow<TBuilder> write)
        where TBuilder : ColumnBuilder => (arguments, count) =>
    {
        TBuilder output = create(count);
        for (int row = 0; row < count; row++)
            if (AnyNull(arguments, row)) output.AppendNull();
            else write(arguments, row, output);
        return output.Build();
    };

    public static bool AnyNull(ReadOnlySpan<Operand> arguments, int row)
    {
        foreach (ref readonly Operand argument in arguments)
            if (argument.IsNull(row)) return true;
        return false;
    }

    /// <summary>Rows where every argument has a value; null where there is no NULL at all.</summary>
    private static ulong[]? Validities(ReadOnlySpan<Operand> arguments, int count)
    {
        ulong[]? validity = null;
        foreach (ref readonly Operand argument in arguments)
        {
            if (!argument.Column.MayHaveNulls) continue;
            for (int row = 0; row < count; row++)
            {
                if (!argument.IsNull(row)) continue;
                validity ??= Validity.Rent(count);
                Validity.SetNull(validity, row);
            }
        }
        return validity;
    }
}
