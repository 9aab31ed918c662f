using System.Buffers.Binary;
using System.Text;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.State;

namespace Millrace.Operators.Sinks;

/// <summary>
/// Committables as items of a snapshot: index of the subtask that has prepared it (4 bytes), length of the
/// format's name (1), the name, the bytes.
/// </summary>
internal sealed class CommittableSnapshot(int subtask, IReadOnlyList<Committable> committables)
    : IStateSnapshot
{
    private const string StateName = "committable";
    private const int HeaderSize = 5;

    public void WriteTo(IStateWriter writer)
    {
        foreach (Committable committable in committables)
        {
            byte[] format = Encoding.UTF8.GetBytes(committable.Format);
            byte[] item = new byte[HeaderSize + format.Length + committable.Bytes.Length];
            BinaryPrimitives.WriteInt32LittleEndian(item, subtask);
            item[HeaderSize - 1] = checked((byte)format.Length);
            format.CopyTo(item, HeaderSize);
            committable.Bytes.Span.CopyTo(item.AsSpan(HeaderSize + format.Length));
            writer.Item(StateName, item);
        }
    }

    /// <summary>Of all subtasks, each with the index of the one that has prepared it.</summary>
    /// <exception cref="MillraceException">Corrupt: an item that is none of these.</exception>
    public static IReadOnlyList<(int Subtask, Committable Committable)> Read(IStateReader state)
    {
        List<(int, Committable)> read = [];
        state.ReadItems((name, item) => read.Add(
            name == StateName && item.Length >= HeaderSize && item.Length >= NameEnd(item)
                ? Parse(item)
                : throw new MillraceException(
                    ErrorKind.Corrupt, $"An item '{name}' of {item.Length} bytes is no committable.")));
        return read;
    }

    public void Dispose()
    {
    }

    private static int NameEnd(ReadOnlySpan<byte> item) => HeaderSize + item[HeaderSize - 1];

    private static (int, Committable) Parse(ReadOnlySpan<byte> item) => (
        BinaryPrimitives.ReadInt32LittleEndian(item),
        new Committable(
            Encoding.UTF8.GetString(item[HeaderSize..NameEnd(item)]), item[NameEnd(item)..].ToArray()));
}
