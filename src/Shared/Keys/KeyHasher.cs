using System.IO.Hashing;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;

namespace Millrace.Shared.Keys;

/// <summary>
/// The 32-bit hash of each row's key columns, a column at a time. Part of the checkpoint format: the key
/// group of a key must never change between versions.
/// </summary>
public static class KeyHasher
{
    private const uint NullHash = 0x9E3779B9;

    /// <param name="columns">The key columns; none gives every row hash 0.</param>
    /// <param name="hashes">Receives one hash a row.</param>
    public static void Hash(ReadOnlySpan<Column> columns, Span<int> hashes)
    {
        hashes.Clear();
        foreach (Column column in columns) Combine(column, hashes);
    }

    private static void Combine(Column column, Span<int> hashes)
    {
        switch (column)
        {
            case FixedColumn<int> c: Fixed(c, hashes); break;
            case FixedColumn<long> c: Fixed(c, hashes); break;
            case FixedColumn<bool> c: Fixed(c, hashes); break;
            case FixedColumn<sbyte> c: Fixed(c, hashes); break;
            case FixedColumn<short> c: Fixed(c, hashes); break;
            case FixedColumn<float> c: Fixed(c, hashes); break;
            case FixedColumn<double> c: Fixed(c, hashes); break;
            case FixedColumn<Int128> c: Fixed(c, hashes); break;
            case BytesColumn c: Bytes(c, hashes); break;
            case RowColumn c: foreach (Column child in c.Children) Combine(child, hashes); break;
            case ListColumn c: Lists(c, hashes); break;
            default: throw new MillraceException(ErrorKind.Bug, $"{column.GetType().Name} cannot be a key.");
        }
    }

    private static void Fixed<T>(FixedColumn<T> column, Span<int> hashes) where T : unmanaged
    {
        ReadOnlySpan<T> values = column.Values[..hashes.Length];
        if (!column.MayHaveNulls)
        {
            for (int i = 0; i < values.Length; i++) hashes[i] = Step(hashes[i], HashOf(values[i]));
            return;
        }
        for (int i = 0; i < hashes.Length; i++)
            hashes[i] = Step(hashes[i], column.IsNull(i) ? NullHash : HashOf(values[i]));
    }

    private static void Bytes(BytesColumn column, Span<int> hashes)
    {
        for (int i = 0; i < hashes.Length; i++)
            hashes[i] = Step(hashes[i], column.IsNull(i) ? NullHash : (uint)XxHash3.HashToUInt64(column[i]));
    }

    private static void Lists(ListColumn column, Span<int> hashes)
    {
        foreach (Column child in column.Children)
        {
            var elements = new int[child.Count];
            Combine(child, elements);
            for (int i = 0; i < hashes.Length; i++)
            {
                uint hash = column.IsNull(i) ? NullHash : (uint)column.Length(i);
                for (int e = column.Offsets[i]; e < column.Offsets[i + 1]; e++)
                    hash = (uint)Step((int)hash, (uint)elements[e]);
                hashes[i] = Step(hashes[i], hash);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint HashOf<T>(T value) where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == 4) return Unsafe.BitCast<T, uint>(value);
        if (Unsafe.SizeOf<T>() == 8) return Fold(Unsafe.BitCast<T, ulong>(value));
        if (Unsafe.SizeOf<T>() == 1) return Unsafe.BitCast<T, byte>(value);
        if (Unsafe.SizeOf<T>() == 2) return Unsafe.BitCast<T, ushort>(value);
        return (uint)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
    }

    private static uint Fold(ulong value) => (uint)(value ^ (value >> 32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Step(int hash, uint value)
    {
        uint k = BitOperations.RotateLeft(value * 0xcc9e2d51u, 15) * 0x1b873593u;
        return (int)((BitOperations.RotateLeft((uint)hash ^ k, 13) * 5) + 0xe6546b64u);
    }
}
