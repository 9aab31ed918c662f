using System.Buffers.Binary;
using System.Text;
using Millrace.Shared.Errors;
using Millrace.Shared.Keys;
using Millrace.Shared.State;

namespace Millrace.Shared.Checkpoints;

/// <summary>
/// Reads the state of one operator out of the snapshot files of all subtasks that wrote it: the key groups of
/// one range, and the items of all. Every block is checked against its checksum.
/// </summary>
/// <param name="paths">The files that have a section of the operator.</param>
public sealed class SnapshotReader(
    ICheckpointFiles files,
    IReadOnlyList<string> paths,
    string operatorUid,
    KeyGroupRange keyGroups) : IStateReader
{
    /// <exception cref="MillraceException">
    /// Corrupt: a file is missing or damaged. Unavailable: the disk does not give it now. It is named.
    /// </exception>
    public void ReadKeyed(KeyedStateEntry entry)
    {
        foreach (string path in paths)
        {
            using var file = SnapshotFile.Open(files, path);
            OperatorIndex index = file.Find(operatorUid);
            foreach (Segment segment in index.Segments.Where(s => keyGroups.Contains(s.KeyGroup)))
                file.ReadKeyed(index, segment, entry);
        }
    }

    /// <exception cref="MillraceException">
    /// Corrupt: a file is missing or damaged. Unavailable: the disk does not give it now. It is named.
    /// </exception>
    public void ReadItems(StateItem item)
    {
        foreach (string path in paths)
        {
            using var file = SnapshotFile.Open(files, path);
            OperatorIndex index = file.Find(operatorUid);
            foreach (Segment segment in index.Segments.Where(s => s.KeyGroup == SnapshotWriter.ItemsSegment))
                file.ReadItems(index, segment, item);
        }
    }
}

/// <summary>One snapshot file open for reading, its index in memory.</summary>
internal sealed class SnapshotFile : IDisposable
{
    private const int MaxBlockBytes = 1 << 30;
    private readonly Stream _stream;
    private readonly string _path;
    private readonly List<OperatorIndex> _index;
    private byte[] _block = [];

    private SnapshotFile(Stream stream, string path)
    {
        _stream = stream;
        _path = path;
        _index = ReadIndex();
    }

    public static SnapshotFile Open(ICheckpointFiles files, string path)
    {
        try
        {
            return new SnapshotFile(files.OpenRead(path), path);
        }
        catch (IOException e)
        {
            // A disk that fails now says nothing about the file: the checkpoint is not to be set aside.
            bool isGone = e is FileNotFoundException or DirectoryNotFoundException or EndOfStreamException;
            throw new MillraceException(
                isGone ? ErrorKind.Corrupt : ErrorKind.Unavailable,
                $"Checkpoint file {path} cannot be read: {e.Message}", e);
        }
    }

    public OperatorIndex Find(string uid) =>
        _index.Find(o => o.Uid == uid) ?? throw Damaged($"it has no state of operator {uid}");

    public void ReadKeyed(OperatorIndex index, Segment segment, KeyedStateEntry entry)
    {
        foreach (ReadOnlyMemory<byte> block in Blocks(segment))
        {
            ReadOnlySpan<byte> rest = block.Span;
            while (!rest.IsEmpty)
            {
                string name = Name(index, ref rest);
                ReadOnlySpan<byte> key = Bytes(ref rest);
                entry(segment.KeyGroup, name, key, Bytes(ref rest));
            }
        }
    }

    public void ReadItems(OperatorIndex index, Segment segment, StateItem item)
    {
        foreach (ReadOnlyMemory<byte> block in Blocks(segment))
        {
            ReadOnlySpan<byte> rest = block.Span;
            while (!rest.IsEmpty) item(Name(index, ref rest), Bytes(ref rest));
        }
    }

    public void Dispose() => _stream.Dispose();

    private IEnumerable<ReadOnlyMemory<byte>> Blocks(Segment segment)
    {
        for (long at = segment.Offset; at < segment.Offset + segment.Length;)
        {
            int size = ReadBlock(at);
            at += SnapshotWriter.BlockHeaderSize + size;
            yield return _block.AsMemory(0, size);
        }
    }

    /// <returns>Bytes now in the block buffer.</returns>
    private int ReadBlock(long offset)
    {
        Span<byte> header = stackalloc byte[SnapshotWriter.BlockHeaderSize];
        ReadAt(offset, header);
        int size = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (size is <= 0 or > MaxBlockBytes || offset + size > _stream.Length)
            throw Damaged($"the block at byte {offset} has an impossible length");
        if (_block.Length < size) _block = new byte[size];
        _stream.ReadExactly(_block.AsSpan(0, size));
        if (Crc32C.Of(_block.AsSpan(0, size)) != BinaryPrimitives.ReadUInt32LittleEndian(header[4..]))
            throw Damaged($"the checksum of the block at byte {offset} does not match");
        return size;
    }

    private List<OperatorIndex> ReadIndex()
    {
        Span<byte> header = stackalloc byte[SnapshotWriter.HeaderSize];
        ReadAt(0, header);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != SnapshotWriter.Magic)
            throw Damaged("it is no snapshot file");
        int version = BinaryPrimitives.ReadUInt16LittleEndian(header[4..]);
        if (version != SnapshotWriter.Version)
            throw Damaged($"it has version {version}, this program reads {SnapshotWriter.Version}");
        Span<byte> trailer = stackalloc byte[SnapshotWriter.TrailerSize];
        ReadAt(_stream.Length - trailer.Length, trailer);
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer[12..]) != SnapshotWriter.Magic
            || Crc32C.Of(trailer[..8]) != BinaryPrimitives.ReadUInt32LittleEndian(trailer[8..]))
            throw Damaged("its end is missing");
        int size = ReadBlock(BinaryPrimitives.ReadInt64LittleEndian(trailer));
        return ParseIndex(_block.AsSpan(0, size));
    }

    private List<OperatorIndex> ParseIndex(ReadOnlySpan<byte> rest)
    {
        var index = new List<OperatorIndex>();
        for (long operators = Varint(ref rest); operators > 0; operators--)
        {
            var entry = new OperatorIndex(Encoding.UTF8.GetString(Bytes(ref rest)), [], []);
            for (long names = Varint(ref rest); names > 0; names--)
                entry.Names.Add(Encoding.UTF8.GetString(Bytes(ref rest)));
            for (long segments = Varint(ref rest); segments > 0; segments--)
                entry.Segments.Add(new Segment((int)Varint(ref rest) - 1, Varint(ref rest))
                {
                    Length = Varint(ref rest),
                    Entries = Varint(ref rest),
                });
            index.Add(entry);
        }
        return index;
    }

    private string Name(OperatorIndex index, ref ReadOnlySpan<byte> rest)
    {
        long id = Varint(ref rest);
        return id < index.Names.Count
            ? index.Names[(int)id]
            : throw Damaged("an entry names an unknown state");
    }

    private ReadOnlySpan<byte> Bytes(ref ReadOnlySpan<byte> rest)
    {
        long size = Varint(ref rest);
        if (size > rest.Length) throw Damaged("an entry is longer than its block");
        ReadOnlySpan<byte> bytes = rest[..(int)size];
        rest = rest[(int)size..];
        return bytes;
    }

    private long Varint(ref ReadOnlySpan<byte> rest)
    {
        ulong value = 0;
        for (int i = 0; i < Math.Min(10, rest.Length); i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] >= 0x80) continue;
            rest = rest[(i + 1)..];
            return (long)value;
        }
        throw Damaged("a number is cut off");
    }

    private void ReadAt(long offset, Span<byte> target)
    {
        if (offset < 0 || offset + target.Length > _stream.Length) throw Damaged("it ends too early");
        _stream.Position = offset;
        _stream.ReadExactly(target);
    }

    private MillraceException Damaged(string why) =>
        new(ErrorKind.Corrupt, $"Checkpoint file {_path} is damaged: {why}.");
}
