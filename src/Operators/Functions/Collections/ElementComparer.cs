using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Collections;

/// <summary>
/// Equality, order and hashes of elements of one type that lie in columns; NULL equals NULL and comes before
/// all else.
/// </summary>
internal abstract class ElementComparer
{
    /// <summary>Of two elements that are not NULL.</summary>
    protected abstract int CompareValues(Column left, int leftRow, Column right, int rightRow);

    /// <summary>Of an element that is not NULL; equal elements have equal hashes.</summary>
    protected abstract int HashValue(Column column, int row);

    public int Compare(Column left, int leftRow, Column right, int rightRow)
    {
        bool isLeftNull = left.IsNull(leftRow);
        bool isRightNull = right.IsNull(rightRow);
        if (isLeftNull || isRightNull) return (isLeftNull ? 0 : 1) - (isRightNull ? 0 : 1);
        return CompareValues(left, leftRow, right, rightRow);
    }

    public bool AreEqual(Column left, int leftRow, Column right, int rightRow) =>
        Compare(left, leftRow, right, rightRow) == 0;

    public int Hash(Column column, int row) => column.IsNull(row) ? 0 : HashValue(column, row);

    /// <summary>The first element of a range of rows that equals the given one; -1 for none.</summary>
    public int IndexOf(Column elements, int start, int end, Column value, int valueRow)
    {
        for (int e = start; e < end; e++)
            if (AreEqual(elements, e, value, valueRow)) return e;
        return -1;
    }

    public static ElementComparer For(LogicalType type) => type.Kind switch
    {
        TypeKind.Boolean => new Fixed<bool>(),
        TypeKind.Null or TypeKind.TinyInt => new Fixed<sbyte>(),
        TypeKind.SmallInt => new Fixed<short>(),
        TypeKind.Int or TypeKind.Date or TypeKind.Time or TypeKind.IntervalYearMonth => new Fixed<int>(),
        TypeKind.BigInt or TypeKind.Timestamp or TypeKind.TimestampLtz or TypeKind.IntervalDayTime =>
            new Fixed<long>(),
        TypeKind.Float => new Fixed<float>(),
        TypeKind.Double => new Fixed<double>(),
        TypeKind.Decimal => new Fixed<Int128>(),
        TypeKind.Char or TypeKind.VarChar or TypeKind.Binary or TypeKind.VarBinary => new Bytes(),
        TypeKind.Array => new Lists([For(type.Element!)]),
        TypeKind.Map => new Lists([For(type.Element!), For(type.Value!)]),
        TypeKind.Multiset => new Lists([For(type.Element!), new Fixed<int>()]),
        TypeKind.Row => new Rows([.. type.Fields.Select(f => For(f.Type))]),
        _ => throw new MillraceException(ErrorKind.Bug, $"Values of type {type} are not compared."),
    };

    private sealed class Fixed<T> : ElementComparer where T : unmanaged, IComparable<T>
    {
        protected override int CompareValues(Column left, int leftRow, Column right, int rightRow) =>
            ((FixedColumn<T>)left)[leftRow].CompareTo(((FixedColumn<T>)right)[rightRow]);

        protected override int HashValue(Column column, int row) =>
            ((FixedColumn<T>)column)[row].GetHashCode();
    }

    private sealed class Bytes : ElementComparer
    {
        protected override int CompareValues(Column left, int leftRow, Column right, int rightRow) =>
            ((BytesColumn)left)[leftRow].SequenceCompareTo(((BytesColumn)right)[rightRow]);

        protected override int HashValue(Column column, int row)
        {
            var hash = new HashCode();
            hash.AddBytes(((BytesColumn)column)[row]);
            return hash.ToHashCode();
        }
    }

    /// <summary>
    /// Element by element, the shorter first; maps are compared entry by entry in their order.
    /// </summary>
    private sealed class Lists(ElementComparer[] children) : ElementComparer
    {
        protected override int CompareValues(Column left, int leftRow, Column right, int rightRow)
        {
            var (a, b) = ((ListColumn)left, (ListColumn)right);
            int common = System.Math.Min(a.Length(leftRow), b.Length(rightRow));
            for (int i = 0; i < common; i++)
                for (int c = 0; c < children.Length; c++)
                {
                    int order = children[c].Compare(
                        a.Children[c], a.Offsets[leftRow] + i, b.Children[c], b.Offsets[rightRow] + i);
                    if (order != 0) return order;
                }
            return a.Length(leftRow).CompareTo(b.Length(rightRow));
        }

        protected override int HashValue(Column column, int row)
        {
            var list = (ListColumn)column;
            var hash = new HashCode();
            for (int e = list.Offsets[row]; e < list.Offsets[row + 1]; e++)
                for (int c = 0; c < children.Length; c++) hash.Add(children[c].Hash(list.Children[c], e));
            return hash.ToHashCode();
        }
    }

    private sealed class Rows(ElementComparer[] fields) : ElementComparer
    {
        protected override int CompareValues(Column left, int leftRow, Column right, int rightRow)
        {
            for (int f = 0; f < fields.Length; f++)
            {
                int order = fields[f].Compare(
                    ((RowColumn)left).Children[f], leftRow, ((RowColumn)right).Children[f], rightRow);
                if (order != 0) return order;
            }
            return 0;
        }

        protected override int HashValue(Column column, int row)
        {
            var hash = new HashCode();
            for (int f = 0; f < fields.Length; f++)
                hash.Add(fields[f].Hash(((RowColumn)column).Children[f], row));
            return hash.ToHashCode();
        }
    }
}
