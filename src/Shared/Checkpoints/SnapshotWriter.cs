using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Millrace.Shared.Errors;
using Millrace.Shared.State;

namespace Millrace.Shared.Checkpoints;

/// <summary>
/// Writes the snapshot file of one subtask. For each operator: items, then keyed entries in ascending order
/// of key group; segments of one key group are cut into checksummed blocks, and an index at the end of the
/// file says where each segment lies, so that a restore reads only the key groups it owns.
/// </summary>
/// <remarks>Format: docs/checkpoint-format.md. Used by one thread.</remarks>
public sealed class SnapshotWriter : IStateWriter, IDisposable
{
    internal const uint Magic = 0x5353524D; // "MRSS"
    internal const ushort Version = 1;
    internal const int HeaderSize = 8;
    internal const int BlockHeaderSize = 8;
    internal const int TrailerSize = 16;
    internal const int ItemsSegment = -1;
    private const int BlockBytes = 64 << 10;

    private readonly ICheckpointFiles _files;
    private readonly Stream _file;
    private readonly ArrayBufferWriter<byte> _block = new(BlockBytes + 1024);
    private readonly List<OperatorIndex> _index = [];
    private readonly Dictionary<string, int> _names = [];
    private OperatorIndex? _operator;
    private Segment? _segment;

    public SnapshotWriter(ICheckpointFiles files, string path)
    {
        _files = files;
        _file = files.Create(path);
        Span<byte> header = stackalloc byte[HeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], Version);
        header[6..].Clear();
        _file.Write(header);
        SizeBytes = HeaderSize;
    }

    /// <summary>Bytes written so far.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>Starts the section of an operator; it ends where the next starts.</summary>
    public void BeginOperator(string uid)
    {
        EndSegment();
        _names.Clear();
        _operator = new OperatorIndex(uid, [], []);
        _index.Add(_operator);
    }

    public void Item(string state, ReadOnlySpan<byte> item)
    {
        Enter(ItemsSegment);
        WriteVarint(NameOf(state));
        WriteBytes(item);
        EndEntry();
    }

    public void Keyed(int keyGroup, string state, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Invariant.Check(keyGroup >= 0);
        Enter(keyGroup);
        WriteVarint(NameOf(state));
        WriteBytes(key);
        WriteBytes(value);
        EndEntry();
    }

    /// <summary>Writes the index and makes the file durable.</summary>
    public void Complete()
    {
        EndSegment();
        long indexOffset = SizeBytes;
        WriteIndex();
        FlushBlock();
        Span<byte> trailer = stackalloc byte[TrailerSize];
        BinaryPrimitives.WriteInt64LittleEndian(trailer, indexOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[8..], Crc32C.Of(trailer[..8]));
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[12..], Magic);
        _file.Write(trailer);
        SizeBytes += TrailerSize;
        _files.Sync(_file);
    }

    public void Dispose() => _file.Dispose();

    private int NameOf(string state)
    {
        if (_names.TryGetValue(state, out int id)) return id;
        _names.Add(state, id = _names.Count);
        _operator!.Names.Add(state);
        return id;
    }

    private void Enter(int keyGroup)
    {
        Invariant.Check(_operator is not null);
        if (_segment?.KeyGroup == keyGroup) return;
        Invariant.Check(_segment is null || keyGroup > _segment.KeyGroup);
        EndSegment();
        _segment = new Segment(keyGroup, SizeBytes);
        _operator.Segments.Add(_segment);
    }

    private void EndEntry()
    {
        _segment!.Entries++;
        if (_block.WrittenCount >= BlockBytes) FlushBlock();
    }

    private void EndSegment()
    {
        if (_segment is null) return;
        FlushBlock();
        _segment.Length = SizeBytes - _segment.Offset;
        _segment = null;
    }

    private void FlushBlock()
    {
        if (_block.WrittenCount == 0) return;
        Span<byte> header = stackalloc byte[BlockHeaderSize];
        BinaryPrimitives.WriteInt32LittleEndian(header, _block.WrittenCount);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Crc32C.Of(_block.WrittenSpan));
        _file.Write(header);
        _file.Write(_block.WrittenSpan);
        SizeBytes += BlockHeaderSize + _block.WrittenCount;
        _block.ResetWrittenCount();
    }

    private void WriteIndex()
    {
        WriteVarint(_index.Count);
        foreach (OperatorIndex entry in _index)
        {
            WriteBytes(Encoding.UTF8.GetBytes(entry.Uid));
            WriteVarint(entry.Names.Count);
            foreach (string name in entry.Names) WriteBytes(Encoding.UTF8.GetBytes(name));
            WriteVarint(entry.Segments.Count);
            foreach (Segment segment in entry.Segments)
            {
                WriteVarint(segment.KeyGroup + 1);
                WriteVarint(segment.Offset);
                WriteVarint(segment.Length);
                WriteVarint(segment.Entries);
            }
        }
    }

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteVarint(bytes.Length);
        _block.Write(bytes);
    }

    private void WriteVarint(long value)
    {
        Span<byte> room = _block.GetSpan(10);
        int size = 0;
        ulong rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7) room[size++] = (byte)(rest | 0x80);
        room[size++] = (byte)rest;
        _block.Advance(size);
    }
}

/// <summary>Where one operator's state lies in a snapshot file.</summary>
internal sealed record OperatorIndex(string Uid, List<string> Names, List<Segment> Segments);

/// <summary>
/// The blocks of one key group, or of the items (<see cref="SnapshotWriter.ItemsSegment"/>).
/// </summary>
internal sealed class Segment(int keyGroup, long offset)
{
    public int KeyGroup { get; } = keyGroup;
    public long Offset { get; } = offset;
    public long Length { get; set; }
    public long Entries { get; set; }
}
