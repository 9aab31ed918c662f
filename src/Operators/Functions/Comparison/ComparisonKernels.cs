using System.Buffers;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Comparison;

/// <summary>Chooses the kernel that compares two values of one type.</summary>
internal static class ComparisonKernels
{
    /// <param name="type">Of both sides, as <see cref="ComparisonTypes"/> gives it.</param>
    public static Kernel Choose(Relation relation, LogicalType type) => type.Kind switch
    {
        TypeKind.Boolean => Booleans(relation),
        TypeKind.Null or TypeKind.TinyInt => FixedComparison.Kernel<sbyte>(relation),
        TypeKind.SmallInt => FixedComparison.Kernel<short>(relation),
        TypeKind.Int or TypeKind.Date or TypeKind.Time or TypeKind.IntervalYearMonth =>
            FixedComparison.Kernel<int>(relation),
        TypeKind.BigInt or TypeKind.Timestamp or TypeKind.TimestampLtz or TypeKind.IntervalDayTime =>
            FixedComparison.Kernel<long>(relation),
        TypeKind.Float => FixedComparison.Kernel<float>(relation),
        TypeKind.Double => FixedComparison.Kernel<double>(relation),
        TypeKind.Decimal => FixedComparison.Kernel<Int128>(relation),
        TypeKind.Char or TypeKind.VarChar or TypeKind.Binary or TypeKind.VarBinary =>
            BytesComparison.Kernel(relation),
        _ => Nested(relation == Relation.Equal, type),
    };

    /// <summary>IS [NOT] DISTINCT FROM: NULL equals NULL, and the result is never NULL.</summary>
    public static Kernel Distinct(LogicalType type, bool negated)
    {
        Kernel equal = Choose(Relation.Equal, type);
        return (arguments, count) =>
        {
            var column = (FixedColumn<bool>)equal(arguments, count);
            bool[] values = FixedColumn<bool>.Rent(count);
            (Operand left, Operand right) = (arguments[0], arguments[1]);
            for (int i = 0; i < count; i++)
            {
                bool leftNull = left.IsNull(i), rightNull = right.IsNull(i);
                bool same = leftNull | rightNull ? leftNull & rightNull : column[i];
                values[i] = same == negated;
            }
            column.Release();
            return Truth.Column(values, count);
        };
    }

    private static Kernel Booleans(Relation relation)
    {
        Kernel bytes = FixedComparison.Kernel<sbyte>(relation);
        return (arguments, count) =>
        {
            Operand left = AsNumbers(arguments[0]), right = AsNumbers(arguments[1]);
            Column result = bytes([left, right], count);
            left.Release();
            right.Release();
            return result;
        };
    }

    private static Operand AsNumbers(Operand operand)
    {
        ReadOnlySpan<sbyte> bytes =
            System.Runtime.InteropServices.MemoryMarshal.Cast<bool, sbyte>(operand.Values<bool>());
        var column = FixedColumn<sbyte>.Of(bytes, Validity.Copy(operand.Column.ValidityWords, bytes.Length));
        return operand.IsConstant ? Operand.Constant(column) : Operand.Of(column);
    }

    /// <summary>Arrays, maps and rows are equal where their encoded values are.</summary>
    private static Kernel Nested(bool equal, LogicalType type)
    {
        if (type.Kind is not (TypeKind.Array or TypeKind.Map or TypeKind.Multiset or TypeKind.Row))
            throw new MillraceException(ErrorKind.Bug, $"No kernel compares values of type {type}.");
        var codec = new RowCodec(type);
        return (arguments, count) =>
        {
            bool[] values = FixedColumn<bool>.Rent(count);
            ArrayBufferWriter<byte> left = new(), right = new();
            for (int i = 0; i < count; i++)
            {
                left.ResetWrittenCount();
                right.ResetWrittenCount();
                codec.Encode([arguments[0].Column], arguments[0].Row(i), left);
                codec.Encode([arguments[1].Column], arguments[1].Row(i), right);
                values[i] = left.WrittenSpan.SequenceEqual(right.WrittenSpan) == equal;
            }
            return Truth.Column(values, count, Nulls.OfBoth(arguments[0], arguments[1], count));
        };
    }
}
