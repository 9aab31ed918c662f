namespace Millrace.Operators.Functions;

/// <summary>Bytes put together for one value, used again for the next.</summary>
internal sealed class TextBuffer
{
    private byte[] _bytes = new byte[64];
    private int _size;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _size);

    public void Clear() => _size = 0;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _size += bytes.Length;
    }

    /// <summary>
    /// Room for at least <paramref name="size"/> further bytes; <see cref="Advance"/> takes what was used.
    /// </summary>
    public Span<byte> Room(int size)
    {
        if (_bytes.Length - _size < size)
            Array.Resize(ref _bytes, System.Math.Max(2 * _bytes.Length, _size + size));
        return _bytes.AsSpan(_size);
    }

    public void Advance(int size) => _size += size;
}
