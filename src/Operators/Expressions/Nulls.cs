using Millrace.Shared.Columns;

namespace Millrace.Operators.Expressions;

/// <summary>The validity of results from that of arguments, word by word.</summary>
internal static class Nulls
{
    /// <summary>NULL where either is; a new bitmap, or null where no row is.</summary>
    public static ulong[]? OfBoth(Operand left, Operand right, int count)
    {
        if (left.IsConstant && count > 1) return OfConstantAnd(left, right, count);
        if (right.IsConstant && count > 1) return OfConstantAnd(right, left, count);
        return Validity.And(left.Column.ValidityWords, right.Column.ValidityWords, count);
    }

    /// <summary>NULL where any argument is; a new bitmap, or null where no row is.</summary>
    public static ulong[]? OfAny(ReadOnlySpan<Operand> arguments, int count)
    {
        ulong[]? all = null;
        foreach (Operand argument in arguments)
        {
            if (argument.Column.ValidityWords is not { } words) continue;
            if (argument.IsConstant && count > 1)
            {
                if (!argument.IsNull(0)) continue;
                all ??= Validity.Rent(count);
                all.AsSpan().Clear();
            }
            else if (all is null) all = Validity.Copy(words, count);
            else
                for (int i = 0; i < Validity.WordCount(count); i++) all[i] &= words[i];
        }
        return all;
    }

    private static ulong[]? OfConstantAnd(Operand constant, Operand other, int count)
    {
        if (constant.IsNull(0)) return Validity.Rent(count, false);
        return other.IsConstant
            ? other.IsNull(0) ? Validity.Rent(count, false) : null
            : Validity.Copy(other.Column.ValidityWords, count);
    }
}
