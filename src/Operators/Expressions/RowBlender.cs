using System.Buffers;
using System.Runtime.InteropServices;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Expressions;

/// <summary>
/// Puts a column together from values computed for all rows; a later part overwrites earlier ones.
/// </summary>
internal abstract class RowBlender(int count)
{
    public int Count => count;

    /// <summary>Takes the values where the byte is 1; takes over the operand's reference.</summary>
    /// <param name="holds">One byte a row; the first part holds everywhere.</param>
    public abstract void Take(ReadOnlySpan<byte> holds, Operand values);

    /// <summary>The column, which the caller owns; the blender is used up.</summary>
    public abstract Column Build();

    /// <summary>Null for types that are not blended (ARRAY, MAP, ROW).</summary>
    public static RowBlender? TryCreate(LogicalType type, int count) => type.Kind switch
    {
        TypeKind.Boolean => new Fixed<bool>(count),
        TypeKind.TinyInt => new Fixed<sbyte>(count),
        TypeKind.SmallInt => new Fixed<short>(count),
        TypeKind.Int or TypeKind.Date or TypeKind.Time or TypeKind.IntervalYearMonth => new Fixed<int>(count),
        TypeKind.BigInt or TypeKind.Timestamp or TypeKind.TimestampLtz or TypeKind.IntervalDayTime =>
            new Fixed<long>(count),
        TypeKind.Float => new Fixed<float>(count),
        TypeKind.Double => new Fixed<double>(count),
        TypeKind.Decimal => new Fixed<Int128>(count),
        TypeKind.Char or TypeKind.VarChar or TypeKind.Binary or TypeKind.VarBinary => new Bytes(count),
        _ => null,
    };

    private sealed class Fixed<T>(int count) : RowBlender(count) where T : unmanaged
    {
        private readonly T[] _values = FixedColumn<T>.Rent(count);
        private ulong[]? _validity;

        public override void Take(ReadOnlySpan<byte> holds, Operand values)
        {
            Blend.Into(holds, values.Values<T>(), values.IsConstant, _values.AsSpan(0, Count));
            _validity = Blend.Validities(holds, values, _validity);
            values.Release();
        }

        public override Column Build() => new FixedColumn<T>(_values, Count, _validity);
    }

    /// <summary>Remembers which part each row comes from, and copies the bytes once at the end.</summary>
    private sealed class Bytes(int count) : RowBlender(count)
    {
        private readonly List<Operand> _parts = [];
        private readonly int[] _part = ArrayPool<int>.Shared.Rent(count);

        public override void Take(ReadOnlySpan<byte> holds, Operand values)
        {
            int part = _parts.Count;
            Span<int> parts = _part.AsSpan(0, Count);
            if (part == 0) parts.Clear();
            else
                for (int i = 0; i < parts.Length; i++) parts[i] += (part - parts[i]) * holds[i];
            _parts.Add(values);
        }

        public override Column Build()
        {
            var builder = new BytesColumnBuilder(Count);
            ReadOnlySpan<Operand> parts = CollectionsMarshal.AsSpan(_parts);
            for (int i = 0; i < Count; i++)
            {
                Operand part = parts[_part[i]];
                if (part.IsNull(i)) builder.AppendNull();
                else builder.Append(part.Bytes(i));
            }
            foreach (Operand part in parts) part.Release();
            ArrayPool<int>.Shared.Return(_part);
            return builder.Build();
        }
    }
}
