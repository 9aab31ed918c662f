using System.Buffers.Binary;
using System.Text;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.State;

namespace Millrace.Operators.Sources;

/// <summary>
/// The positions of a subtask's splits as union items: a restore at any parallelism sees the splits of all
/// subtasks and takes its own.
/// </summary>
/// <remarks>
/// An item of state <c>split</c>: int64 watermark, byte 1 where the split has ended, byte 1 where it was
/// begun, int32 length of the name, the name in UTF-8, the connector's position.
/// </remarks>
internal sealed class SplitSnapshot(IEnumerable<SplitProgress> splits) : IStateSnapshot
{
    private const string State = "split";
    private const int HeaderSize = 14;
    private readonly List<byte[]> _items = [.. splits.Select(Encode)];

    public void WriteTo(IStateWriter writer)
    {
        foreach (byte[] item in _items) writer.Item(State, item);
    }

    public void Dispose() => _items.Clear();

    /// <returns>The splits of all subtasks by name.</returns>
    public static Dictionary<string, SplitProgress> Read(IStateReader state)
    {
        var splits = new Dictionary<string, SplitProgress>();
        state.ReadItems((name, item) =>
        {
            if (name != State) return;
            SplitProgress split = Decode(item);
            splits[split.Name] = split;
        });
        return splits;
    }

    private static byte[] Encode(SplitProgress split)
    {
        byte[] name = Encoding.UTF8.GetBytes(split.Name);
        byte[] position = split.Position ?? [];
        var item = new byte[HeaderSize + name.Length + position.Length];
        BinaryPrimitives.WriteInt64LittleEndian(item, split.Watermark.Milliseconds);
        item[8] = split.IsEnded ? (byte)1 : (byte)0;
        item[9] = split.Position is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteInt32LittleEndian(item.AsSpan(10), name.Length);
        name.CopyTo(item, HeaderSize);
        position.CopyTo(item, HeaderSize + name.Length);
        return item;
    }

    private static SplitProgress Decode(ReadOnlySpan<byte> item)
    {
        int nameSize = item.Length < HeaderSize ? -1 : BinaryPrimitives.ReadInt32LittleEndian(item[10..]);
        if (nameSize < 0 || nameSize > item.Length - HeaderSize)
            throw new MillraceException(ErrorKind.Corrupt, "The stored position of a split cannot be read.");
        return new SplitProgress(
            Encoding.UTF8.GetString(item.Slice(HeaderSize, nameSize)),
            item[9] == 0 ? null : item[(HeaderSize + nameSize)..].ToArray(),
            new Watermark(BinaryPrimitives.ReadInt64LittleEndian(item)),
            item[8] != 0);
    }
}
