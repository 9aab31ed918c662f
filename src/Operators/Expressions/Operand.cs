using System.Runtime.CompilerServices;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Expressions;

/// <summary>
/// A value of a kernel for each row: a column, or one row that stands for all (a constant is never
/// materialized). Holds one reference to its column, which who received the operand gives up by <see
/// cref="Release"/>.
/// </summary>
internal readonly struct Operand
{
    private readonly int _mask;

    private Operand(Column column, int mask)
    {
        Column = column;
        _mask = mask;
    }

    public static Operand Of(Column column) => new(column, -1);

    /// <param name="column">One row.</param>
    public static Operand Constant(Column column) => new(column, 0);

    /// <summary>As many rows as the batch, or one where <see cref="IsConstant"/>.</summary>
    public Column Column { get; }

    public bool IsConstant => _mask == 0;

    /// <summary>Whether every row is NULL because the constant is.</summary>
    public bool IsNullConstant => IsConstant && Column.IsNull(0);

    /// <summary>
    /// Where the value of row <paramref name="row"/> of the batch lies in <see cref="Column"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Row(int row) => row & _mask;

    public bool IsNull(int row) => Column.IsNull(row & _mask);

    /// <summary>The value of a row of a fixed-width column; undefined where the row is NULL.</summary>
    public T Value<T>(int row) where T : unmanaged => ((FixedColumn<T>)Column)[row & _mask];

    /// <summary>The bytes of a row of a string or binary column.</summary>
    public ReadOnlySpan<byte> Bytes(int row) => ((BytesColumn)Column)[row & _mask];

    /// <summary>The values behind a fixed-width column, one where constant.</summary>
    public ReadOnlySpan<T> Values<T>() where T : unmanaged => ((FixedColumn<T>)Column).Values;

    public void Release() => Column.Release();
}
