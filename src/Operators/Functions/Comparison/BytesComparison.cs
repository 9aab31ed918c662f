using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Functions.Comparison;

/// <summary>
/// Comparisons of strings and binary values, byte by byte: the order of UTF-8 is that of code points.
/// </summary>
internal static class BytesComparison
{
    public static Kernel Kernel(Relation relation) => relation switch
    {
        Relation.Equal => static (arguments, count) => Equality(arguments, count, true),
        Relation.NotEqual => static (arguments, count) => Equality(arguments, count, false),
        // A sign s of the comparison, -1, 0 or 1, holds where bit s + 1 is set.
        Relation.Less => static (arguments, count) => Order(arguments, count, 0b001),
        Relation.LessOrEqual => static (arguments, count) => Order(arguments, count, 0b011),
        Relation.Greater => static (arguments, count) => Order(arguments, count, 0b100),
        _ => static (arguments, count) => Order(arguments, count, 0b110),
    };

    private static FixedColumn<bool> Equality(ReadOnlySpan<Operand> arguments, int count, bool equal)
    {
        bool[] values = FixedColumn<bool>.Rent(count);
        (Operand left, Operand right) = (arguments[0], arguments[1]);
        if (left.IsConstant && count > 1) (left, right) = (right, left);
        if (right.IsConstant && count > 1)
            EqualsConstant((BytesColumn)left.Column, right.Bytes(0), equal, values.AsSpan(0, count));
        else
            for (int i = 0; i < count; i++) values[i] = left.Bytes(i).SequenceEqual(right.Bytes(i)) == equal;
        return Truth.Column(values, count, Nulls.OfBoth(left, right, count));
    }

    private static void EqualsConstant(
        BytesColumn column, ReadOnlySpan<byte> constant, bool equal, Span<bool> values)
    {
        ReadOnlySpan<int> offsets = column.Offsets;
        ReadOnlySpan<byte> data = column.Data;
        for (int i = 0; i < values.Length; i++)
        {
            int start = offsets[i];
            bool same = offsets[i + 1] - start == constant.Length
                && data.Slice(start, constant.Length).SequenceEqual(constant);
            values[i] = same == equal;
        }
    }

    private static FixedColumn<bool> Order(ReadOnlySpan<Operand> arguments, int count, int holds)
    {
        bool[] values = FixedColumn<bool>.Rent(count);
        (Operand left, Operand right) = (arguments[0], arguments[1]);
        for (int i = 0; i < count; i++)
        {
            int sign = System.Math.Sign(left.Bytes(i).SequenceCompareTo(right.Bytes(i)));
            values[i] = ((holds >> (sign + 1)) & 1) != 0;
        }
        return Truth.Column(values, count, Nulls.OfBoth(left, right, count));
    }
}
