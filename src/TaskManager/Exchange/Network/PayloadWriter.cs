using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Millrace.TaskManager.Exchange.Network;

/// <summary>Fills a payload whose size is known; a text is its length (2 bytes) and UTF-8.</summary>
internal ref struct PayloadWriter(Span<byte> room)
{
    private readonly Span<byte> _room = room;

    public int WrittenBytes { get; private set; }

    public static int SizeOf(string text) => 2 + Encoding.UTF8.GetByteCount(text);

    public void Byte(byte value) => _room[WrittenBytes++] = value;

    public void Int16(int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_room[WrittenBytes..], checked((ushort)value));
        WrittenBytes += 2;
    }

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_room[WrittenBytes..], value);
        WrittenBytes += 4;
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_room[WrittenBytes..], value);
        WrittenBytes += 8;
    }

    public void Text(string value)
    {
        int size = Encoding.UTF8.GetBytes(value, _room[(WrittenBytes + 2)..]);
        Int16(size);
        WrittenBytes += size;
    }

    /// <summary>The values as they lie in memory.</summary>
    public void Values<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        bytes.CopyTo(_room[WrittenBytes..]);
        WrittenBytes += bytes.Length;
    }
}

/// <summary>Reads what <see cref="PayloadWriter"/> wrote.</summary>
internal ref struct PayloadReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public int Int16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>A number of things, 0 or more.</summary>
    public int Count()
    {
        int count = Int32();
        return count >= 0 ? count : throw new InvalidDataException("a payload holds a negative count");
    }

    public string Text() => Encoding.UTF8.GetString(Take(Int16()));

    /// <exception cref="InvalidDataException">The payload ends before.</exception>
    public ReadOnlySpan<byte> Take(long size)
    {
        if (size > _rest.Length) throw new InvalidDataException("a payload ends too early");
        ReadOnlySpan<byte> taken = _rest[..(int)size];
        _rest = _rest[(int)size..];
        return taken;
    }

    public readonly void End()
    {
        if (!IsAtEnd) throw new InvalidDataException("a payload is longer than what it holds");
    }
}
