using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Functions.Comparison;

/// <summary>Comparisons of strings and binary values, byte by byte: the order of UTF-8 is that of code points.</summary>
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
        for (int i = 0; i < count; i++) values[i] = left.Bytes(i).SequenceEqual(right.Bytes(i)) == equal;
        return Truth.Column(values, count, Nulls.OfBoth(left, right, count));
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
