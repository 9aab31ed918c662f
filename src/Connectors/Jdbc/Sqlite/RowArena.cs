using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Millrace.Connectors.Jdbc.Sqlite;

/// <summary>
/// Memory outside the heap for the texts of the rows being written or asked for: SQLite reads a bound text
/// only when the statement runs, so it must not move until then.
/// </summary>
internal sealed unsafe class RowArena : IDisposable
{
    private const int BlockSize = 64 * 1024;

    private readonly List<(nint Start, int Size)> _blocks = [];
    private int _block;
    private int _used;

    /// <summary>Gives all memory back for use again; what was handed out is void.</summary>
    public void Clear()
    {
        _block = 0;
        _used = 0;
    }

    /// <summary>
    /// A copy that stays in place until <see cref="Clear"/>; never null, also for no bytes.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public byte* Copy(ReadOnlySpan<byte> bytes)
    {
        byte* room = Reserve(bytes.Length);
        bytes.CopyTo(new Span<byte>(room, bytes.Length));
        _used += bytes.Length;
        return room;
    }

    private byte* Reserve(int size)
    {
        while (_block < _blocks.Count && _used + size > _blocks[_block].Size)
        {
            _block++;
            _used = 0;
        }
        if (_block == _blocks.Count)
        {
            int length = Math.Max(BlockSize, size);
            _blocks.Add(((nint)NativeMemory.Alloc((nuint)length), length));
        }
        return (byte*)_blocks[_block].Start + _used;
    }

    public void Dispose()
    {
        foreach ((nint start, _) in _blocks) NativeMemory.Free((void*)start);
        _blocks.Clear();
        Clear();
    }
}
