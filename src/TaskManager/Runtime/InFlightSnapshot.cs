using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.State;
using Millrace.TaskManager.Exchange;
using Millrace.TaskManager.Exchange.Network;

namespace Millrace.TaskManager.Runtime;

/// <summary>
/// What a barrier has overtaken, as items of a snapshot file (docs/checkpoint-format.md): first how far time
/// was in the gate, then the elements in the order in which they are to be read again.
/// </summary>
internal sealed class InFlightSnapshot(WatermarkState watermarks, IReadOnlyList<InFlightElement> elements)
    : IStateSnapshot
{
    private const string JointItem = "joint";
    private const string ChannelItem = "channel";
    private const string BatchItem = "batch/";
    private const string WatermarkItem = "watermark/";

    /// <summary>
    /// Without batches there is nothing to be read again: senders say anew how far time is.
    /// </summary>
    public bool IsEmpty => !elements.Any(e => e.Element.Kind == ElementKind.Batch);

    public void WriteTo(IStateWriter writer)
    {
        Write(writer, JointItem, watermarks.Joint);
        foreach (Watermark watermark in watermarks.Channels) Write(writer, ChannelItem, watermark);
        foreach ((int channel, Element element) in elements)
        {
            string index = channel.ToString(CultureInfo.InvariantCulture);
            if (element.Kind == ElementKind.Batch) Write(writer, BatchItem + index, element.Batch);
            else Write(writer, WatermarkItem + index, element.Watermark);
        }
    }

    public void Dispose()
    {
        foreach (InFlightElement element in elements) element.Release();
    }

    /// <summary>Gives the gate what was in flight to the subtask.</summary>
    /// <returns>How far time was; null when nothing was in flight.</returns>
    /// <exception cref="MillraceException">
    /// Invalid: the parallelism was another; Corrupt: the file is damaged.
    /// </exception>
    public static WatermarkState? Restore(SubtaskDescriptor subtask, ICheckpointFiles files, InputGate gate)
    {
        if (subtask.Restore is not { } checkpoint) return null;
        InFlightRecords.Verify(checkpoint, subtask.Graph);
        JobVertex vertex = subtask.Graph.Vertices[subtask.Id.Vertex];
        SubtaskSnapshot? written = InFlightRecords.Find(checkpoint, vertex.Id, subtask.Id.SubtaskIndex);
        if (written is null) return null;
        string path = Path.Combine(checkpoint.Folder, written.File);
        Watermark joint = Watermark.None;
        var channels = ImmutableArray.CreateBuilder<Watermark>(gate.ChannelCount);
        new SnapshotReader(files, [path], InFlightRecords.Uid, default).ReadItems((name, item) =>
        {
            if (name == JointItem) joint = ReadWatermark(item);
            else if (name == ChannelItem) channels.Add(ReadWatermark(item));
            else gate.Replay(ReadElement(name, item, path));
        });
        return new WatermarkState(joint, channels.MoveToImmutable());
    }

    private static void Write(IStateWriter writer, string name, Watermark watermark)
    {
        Span<byte> item = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(item, watermark.Milliseconds);
        writer.Item(name, item);
    }

    private static void Write(IStateWriter writer, string name, ColumnBatch batch)
    {
        int size = checked((int)BatchCodec.SizeOf(batch));
        byte[] room = ArrayPool<byte>.Shared.Rent(size);
        BatchCodec.Write(batch, room.AsSpan(0, size));
        writer.Item(name, room.AsSpan(0, size));
        ArrayPool<byte>.Shared.Return(room);
    }

    private static InFlightElement ReadElement(string name, ReadOnlySpan<byte> item, string path)
    {
        int channel = int.Parse(name.AsSpan(name.IndexOf('/') + 1), CultureInfo.InvariantCulture);
        return new InFlightElement(
            channel,
            name.StartsWith(BatchItem, StringComparison.Ordinal)
                ? Element.Of(ReadBatch(item, path))
                : Element.Of(ReadWatermark(item)));
    }

    private static Watermark ReadWatermark(ReadOnlySpan<byte> item) =>
        new(BinaryPrimitives.ReadInt64LittleEndian(item));

    private static ColumnBatch ReadBatch(ReadOnlySpan<byte> item, string path)
    {
        try
        {
            return BatchCodec.Read(item);
        }
        catch (InvalidDataException e)
        {
            throw new MillraceException(
                ErrorKind.Corrupt, $"Checkpoint file {path} is damaged: {e.Message}.", e);
        }
    }
}
