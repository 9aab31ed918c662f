using System.Numerics;
using System.Runtime.CompilerServices;

namespace Millrace.Operators.Rows;

/// <summary>
/// Byte strings of any length in one growing array, freed one by one. A block's size is a power of two of at
/// least 8, so a freed block serves the next string of its class; at most half of a block is unused.
/// </summary>
internal sealed class ByteHeap
{
    private const int SmallestClass = 3;

    private readonly Stack<int>[] _free = new Stack<int>[32];
    private byte[] _bytes = new byte[1024];
    private int _end;

    /// <returns>Where the copy of the value starts; keep its length too. 0 for an empty value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Add(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return 0;
        int sizeClass = ClassOf(value.Length);
        if (_free[sizeClass] is not { } free || !free.TryPop(out int start)) start = Extend(1 << sizeClass);
        value.CopyTo(_bytes.AsSpan(start));
        return start;
    }

    public ReadOnlySpan<byte> Get(int start, int length) => _bytes.AsSpan(start, length);

    /// <summary>
    /// The strings there are now, to read on any thread as long as none of them is freed; nothing may be
    /// added to it.
    /// </summary>
    public ByteHeap Share() => new() { _bytes = _bytes, _end = _end };

    public void Free(int start, int length)
    {
        if (length == 0) return;
        int sizeClass = ClassOf(length);
        (_free[sizeClass] ??= new Stack<int>()).Push(start);
    }

    private static int ClassOf(int length) =>
        Math.Max(SmallestClass, BitOperations.Log2((uint)length - 1 | 1) + 1);

    private int Extend(int size)
    {
        int start = _end;
        _end = checked(_end + size);
        if (_end > _bytes.Length)
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(_end, 2L * _bytes.Length)));
        return start;
    }
}
