using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Expressions;

/// <summary>
/// Puts a column together from parts that were each computed for some of its rows: the branches of CASE. A
/// row that no part covers is NULL.
/// </summary>
internal abstract class RowMerger(int count)
{
    public int Count => count;

    /// <summary>Takes over the operand's reference.</summary>
    /// <param name="values">One value a row of <paramref name="rows"/>, or a constant.</param>
    /// <param name="rows">Rows of the result that no other part covers.</param>
    public abstract void Add(Operand values, ReadOnlySpan<int> rows);

    /// <summary>The column, which the caller owns; the merger is used up.</summary>
    public abstract Column Build();

    public static RowMerger Create(LogicalType type, int count) => type.Kind switch
    {
        TypeKind.Boolean => new FixedMerger<bool>(count),
        TypeKind.TinyInt => new FixedMerger<sbyte>(count),
        TypeKind.SmallInt => new FixedMerger<short>(count),
        TypeKind.Int or TypeKind.Date or TypeKind.Time or TypeKind.IntervalYearMonth =>
            new FixedMerger<int>(count),
        TypeKind.BigInt or TypeKind.Timestamp or TypeKind.TimestampLtz or TypeKind.IntervalDayTime =>
            new FixedMerger<long>(count),
        TypeKind.Float => new FixedMerger<float>(count),
        TypeKind.Double => new FixedMerger<double>(count),
        TypeKind.Decimal => new FixedMerger<Int128>(count),
        _ => new BuilderMerger(type, count),
    };

    private sealed class FixedMerger<T>(int count) : RowMerger(count) where T : unmanaged
    {
        private readonly T[] _values = FixedColumn<T>.Rent(count);
        private readonly ulong[] _validity = Validity.Rent(count, false);
        private int _nulls = count;

        public override void Add(Operand values, ReadOnlySpan<int> rows)
        {
            ReadOnlySpan<T> source = values.Values<T>();
            if (values.IsConstant) AddConstant(values, source[0], rows);
            else
            {
                for (int i = 0; i < rows.Length; i++) _values[rows[i]] = source[i];
                for (int i = 0; i < rows.Length; i++)
                    if (!values.Column.IsNull(i)) SetValid(rows[i]);
            }
            values.Release();
        }

        public override Column Build()
        {
            if (_nulls > 0) return new FixedColumn<T>(_values, Count, _validity);
            System.Buffers.ArrayPool<ulong>.Shared.Return(_validity);
            return new FixedColumn<T>(_values, Count);
        }

        private void AddConstant(Operand constant, T value, ReadOnlySpan<int> rows)
        {
            if (constant.IsNull(0)) return;
            foreach (int row in rows) _values[row] = value;
            foreach (int row in rows) SetValid(row);
        }

        private void SetValid(int row)
        {
            Validity.SetValid(_validity, row);
            _nulls--;
        }
    }

    private sealed class BuilderMerger(LogicalType type, int count) : RowMerger(count)
    {
        private readonly List<Operand> _parts = [];
        private readonly int[] _part = Fill(count);
        private readonly int[] _row = new int[count];

        public override void Add(Operand values, ReadOnlySpan<int> rows)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                _part[rows[i]] = _parts.Count;
                _row[rows[i]] = values.Row(i);
            }
            _parts.Add(values);
        }

        public override Column Build()
        {
            ColumnBuilder builder = ColumnBuilder.Create(type, Count);
            for (int i = 0; i < Count; i++)
                if (_part[i] < 0) builder.AppendNull();
                else builder.AppendFrom(_parts[_part[i]].Column, _row[i]);
            foreach (Operand part in _parts) part.Release();
            return builder.Build();
        }

        private static int[] Fill(int count)
        {
            int[] parts = new int[count];
            Array.Fill(parts, -1);
            return parts;
        }
    }
}
