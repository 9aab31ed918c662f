using System.Runtime.CompilerServices;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.State;

/// <summary>
/// Values of fixed width in 64-bit words: one word, or two for DECIMAL; the bytes above a narrow value are
/// zero.
/// </summary>
internal static unsafe class WordCodec
{
    /// <returns>0 where the values have no fixed width.</returns>
    public static int WordsOf(LogicalType type) => type.Kind switch
    {
        TypeKind.Decimal => 2,
        TypeKind.Char or TypeKind.VarChar or TypeKind.Binary or TypeKind.VarBinary => 0,
        TypeKind.Array or TypeKind.Map or TypeKind.Multiset or TypeKind.Row or TypeKind.Symbol => 0,
        _ => 1,
    };

    /// <summary>Writes the value of each row at <c>target + row * stride</c>; zero for nulls.</summary>
    /// <param name="nulls">
    /// Gets <paramref name="nullBit"/> at the same stride where the row is null; may be null when no row is.
    /// </param>
    public static void Load(Column column, long* target, int stride, long* nulls, long nullBit)
    {
        switch (column)
        {
            case FixedColumn<long> c: Load(c, target, stride); break;
            case FixedColumn<int> c: Load(c, target, stride); break;
            case FixedColumn<bool> c: Load(c, target, stride); break;
            case FixedColumn<sbyte> c: Load(c, target, stride); break;
            case FixedColumn<short> c: Load(c, target, stride); break;
            case FixedColumn<float> c: Load(c, target, stride); break;
            case FixedColumn<double> c: Load(c, target, stride); break;
            default: Load((FixedColumn<Int128>)column, target, stride); break;
        }
        if (!column.MayHaveNulls) return;
        for (int row = 0; row < column.Count; row++)
        {
            if (!column.IsNull(row)) continue;
            target[(long)row * stride] = 0;
            if (column is FixedColumn<Int128>) target[((long)row * stride) + 1] = 0;
            nulls[(long)row * stride] |= nullBit;
        }
    }

    /// <summary>A column of the values at <c>addresses[row] + offset words</c>.</summary>
    /// <param name="nullOffset">Of the word whose <paramref name="nullBit"/> marks nulls, or -1.</param>
    public static Column Read(
        LogicalType type, ReadOnlySpan<nint> addresses, int offset, int nullOffset, long nullBit) =>
        type.Kind switch
        {
            TypeKind.Boolean => Read<bool>(addresses, offset, nullOffset, nullBit),
            TypeKind.Null or TypeKind.TinyInt => Read<sbyte>(addresses, offset, nullOffset, nullBit),
            TypeKind.SmallInt => Read<short>(addresses, offset, nullOffset, nullBit),
            TypeKind.Int or TypeKind.Date or TypeKind.Time or TypeKind.IntervalYearMonth =>
                Read<int>(addresses, offset, nullOffset, nullBit),
            TypeKind.Float => Read<float>(addresses, offset, nullOffset, nullBit),
            TypeKind.Double => Read<double>(addresses, offset, nullOffset, nullBit),
            TypeKind.Decimal => Read<Int128>(addresses, offset, nullOffset, nullBit),
            _ => Read<long>(addresses, offset, nullOffset, nullBit),
        };

    private static void Load<T>(FixedColumn<T> column, long* target, int stride) where T : unmanaged
    {
        foreach (T value in column.Values)
        {
            if (sizeof(T) < sizeof(long)) *target = 0;
            Unsafe.WriteUnaligned(target, value);
            target += stride;
        }
    }

    private static FixedColumn<T> Read<T>(
        ReadOnlySpan<nint> addresses, int offset, int nullOffset, long nullBit) where T : unmanaged
    {
        T[] values = FixedColumn<T>.Rent(addresses.Length);
        ulong[]? validity = null;
        for (int i = 0; i < addresses.Length; i++)
            values[i] = Unsafe.ReadUnaligned<T>((long*)addresses[i] + offset);
        for (int i = 0; nullOffset >= 0 && i < addresses.Length; i++)
        {
            if ((((long*)addresses[i])[nullOffset] & nullBit) == 0) continue;
            validity ??= Validity.Rent(addresses.Length);
            Validity.SetNull(validity, i);
        }
        return new FixedColumn<T>(values, addresses.Length, validity);
    }
}
