using System.Buffers;
using System.Runtime.InteropServices;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>Compares and mixes two columns of one type, row by row: what was and what is.</summary>
internal static class ColumnMerge
{
    /// <summary>
    /// Sets <paramref name="changed"/> for the rows where the columns differ (by their bits); leaves the
    /// others as they are.
    /// </summary>
    public static void MarkChanged(Column before, Column after, LogicalType type, Span<bool> changed)
    {
        switch (before)
        {
            case FixedColumn<long> b: Fixed(b, (FixedColumn<long>)after, changed); break;
            case FixedColumn<int> b: Fixed(b, (FixedColumn<int>)after, changed); break;
            case FixedColumn<bool> b: Fixed(b, (FixedColumn<bool>)after, changed); break;
            case FixedColumn<sbyte> b: Fixed(b, (FixedColumn<sbyte>)after, changed); break;
            case FixedColumn<short> b: Fixed(b, (FixedColumn<short>)after, changed); break;
            case FixedColumn<float> b: Fixed(b, (FixedColumn<float>)after, changed); break;
            case FixedColumn<double> b: Fixed(b, (FixedColumn<double>)after, changed); break;
            case FixedColumn<Int128> b: Fixed(b, (FixedColumn<Int128>)after, changed); break;
            case BytesColumn b: Bytes(b, (BytesColumn)after, changed); break;
            default: Nested(before, after, type, changed); break;
        }
    }

    /// <summary>
    /// A column of rows of both: pick 2 * i is row i of <paramref name="after"/>, 2 * i + 1 that of <paramref
    /// name="before"/>.
    /// </summary>
    public static Column Mix(Column before, Column after, LogicalType type, ReadOnlySpan<int> picks)
    {
        switch (before)
        {
            case FixedColumn<long> b: return Mix(b, (FixedColumn<long>)after, picks);
            case FixedColumn<int> b: return Mix(b, (FixedColumn<int>)after, picks);
            case FixedColumn<double> b: return Mix(b, (FixedColumn<double>)after, picks);
            case FixedColumn<Int128> b: return Mix(b, (FixedColumn<Int128>)after, picks);
            default:
                ColumnBuilder builder = ColumnBuilder.Create(type, picks.Length);
                foreach (int pick in picks) builder.AppendFrom((pick & 1) == 0 ? after : before, pick >> 1);
                return builder.Build();
        }
    }

    private static FixedColumn<T> Mix<T>(FixedColumn<T> before, FixedColumn<T> after, ReadOnlySpan<int> picks)
        where T : unmanaged
    {
        T[] values = FixedColumn<T>.Rent(picks.Length);
        ReadOnlySpan<T> old = before.Values;
        ReadOnlySpan<T> now = after.Values;
        for (int i = 0; i < picks.Length; i++)
            values[i] = (picks[i] & 1) == 0 ? now[picks[i] >> 1] : old[picks[i] >> 1];
        ulong[]? validity = null;
        for (int i = 0; (before.MayHaveNulls || after.MayHaveNulls) && i < picks.Length; i++)
        {
            if (!((picks[i] & 1) == 0 ? after : before).IsNull(picks[i] >> 1)) continue;
            validity ??= Validity.Rent(picks.Length);
            Validity.SetNull(validity, i);
        }
        return new FixedColumn<T>(values, picks.Length, validity);
    }

    private static void Fixed<T>(FixedColumn<T> before, FixedColumn<T> after, Span<bool> changed)
        where T : unmanaged
    {
        bool anyNulls = before.MayHaveNulls || after.MayHaveNulls;
        for (int row = 0; row < changed.Length; row++)
        {
            bool isNull = anyNulls && after.IsNull(row);
            if (anyNulls && before.IsNull(row) != isNull) changed[row] = true;
            else if (!isNull && !SameBits(before[row], after[row])) changed[row] = true;
        }
    }

    private static bool SameBits<T>(T left, T right) where T : unmanaged =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in left))
            .SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in right)));

    private static void Bytes(BytesColumn before, BytesColumn after, Span<bool> changed)
    {
        for (int row = 0; row < changed.Length; row++)
            if (before.IsNull(row) != after.IsNull(row) || !before[row].SequenceEqual(after[row]))
                changed[row] = true;
    }

    private static void Nested(Column before, Column after, LogicalType type, Span<bool> changed)
    {
        var codec = new RowCodec(type);
        var left = new ArrayBufferWriter<byte>();
        var right = new ArrayBufferWriter<byte>();
        for (int row = 0; row < changed.Length; row++)
        {
            left.ResetWrittenCount();
            right.ResetWrittenCount();
            codec.Encode([before], row, left);
            codec.Encode([after], row, right);
            if (!left.WrittenSpan.SequenceEqual(right.WrittenSpan)) changed[row] = true;
        }
    }
}
