using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Shared.Columns;

/// <summary>
/// Builds a column row by row; not thread-safe. After <see cref="Build"/> it is empty and can be used again.
/// </summary>
public abstract class ColumnBuilder
{
    private ulong[]? _validity;

    /// <summary>Rows appended since the last build.</summary>
    public int Count { get; private protected set; }

    public abstract void AppendNull();

    /// <summary>Appends row <paramref name="row"/> of a column of the same type; -1 appends a null.</summary>
    public abstract void AppendFrom(Column source, int row);

    /// <summary>The rows so far as a column that the caller owns.</summary>
    public abstract Column Build();

    /// <summary>Drops the rows appended after the first <paramref name="count"/>.</summary>
    public abstract void Truncate(int count);

    public static ColumnBuilder Create(LogicalType type, int capacity = 16) => type.Kind switch
    {
        TypeKind.Boolean => new FixedColumnBuilder<bool>(capacity),
        TypeKind.Null or TypeKind.TinyInt => new FixedColumnBuilder<sbyte>(capacity),
        TypeKind.SmallInt => new FixedColumnBuilder<short>(capacity),
        TypeKind.Int or TypeKind.Date or TypeKind.Time or TypeKind.IntervalYearMonth =>
            new FixedColumnBuilder<int>(capacity),
        TypeKind.BigInt or TypeKind.Timestamp or TypeKind.TimestampLtz or TypeKind.IntervalDayTime =>
            new FixedColumnBuilder<long>(capacity),
        TypeKind.Float => new FixedColumnBuilder<float>(capacity),
        TypeKind.Double => new FixedColumnBuilder<double>(capacity),
        TypeKind.Decimal => new FixedColumnBuilder<Int128>(capacity),
        TypeKind.Char or TypeKind.VarChar or TypeKind.Binary or TypeKind.VarBinary =>
            new BytesColumnBuilder(capacity),
        TypeKind.Array => new ListColumnBuilder([Create(type.Element!)], capacity),
        TypeKind.Map => new ListColumnBuilder([Create(type.Element!), Create(type.Value!)], capacity),
        TypeKind.Multiset =>
            new ListColumnBuilder([Create(type.Element!), Create(LogicalType.Int)], capacity),
        TypeKind.Row => new RowColumnBuilder([.. type.Fields.Select(f => Create(f.Type))]),
        _ => throw new MillraceException(ErrorKind.Bug, $"No column holds values of type {type}."),
    };

    private protected void MarkNull(int row)
    {
        if (_validity is null) _validity = Validity.Rent(Math.Max(row + 1, 64));
        else if (Validity.WordCount(row + 1) > _validity.Length) GrowValidity(row);
        Validity.SetNull(_validity, row);
    }

    private void GrowValidity(int row)
    {
        ulong[] old = _validity!;
        _validity = Validity.Rent(2 * (row + 1));
        old.CopyTo(_validity, 0);
        System.Buffers.ArrayPool<ulong>.Shared.Return(old);
    }

    /// <summary>The bitmap for exactly the rows so far, which now belongs to the caller.</summary>
    private protected ulong[]? TakeValidity()
    {
        ulong[]? taken = _validity;
        _validity = null;
        if (taken is null || Validity.WordCount(Count) <= taken.Length) return taken;
        ulong[] grown = Validity.Rent(Count);
        taken.CopyTo(grown, 0);
        System.Buffers.ArrayPool<ulong>.Shared.Return(taken);
        return grown;
    }

    private protected void TruncateValidity(int count)
    {
        if (_validity is null) return;
        for (int row = count; row < Count && Validity.WordCount(row + 1) <= _validity.Length; row++)
            Validity.SetValid(_validity, row);
    }
}
