using System.Buffers;
using System.Globalization;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.State;
using Millrace.TaskManager.Exchange;
using Millrace.TaskManager.Exchange.Network;

namespace Millrace.TaskManager.Runtime;

/// <summary>
/// Batches that a barrier has overtaken, as items of a snapshot file: the name is the index of the input, the
/// item a batch as it crosses the network. In the order in which they are to be read again.
/// </summary>
internal sealed class InFlightSnapshot(IReadOnlyList<InFlightBatch> batches) : IStateSnapshot
{
    public void WriteTo(IStateWriter writer)
    {
        foreach (InFlightBatch batch in batches)
        {
            int size = checked((int)BatchCodec.SizeOf(batch.Batch));
            byte[] room = ArrayPool<byte>.Shared.Rent(size);
            BatchCodec.Write(batch.Batch, room.AsSpan(0, size));
            writer.Item(batch.Input.ToString(CultureInfo.InvariantCulture), room.AsSpan(0, size));
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    public void Dispose()
    {
        foreach (InFlightBatch batch in batches) batch.Batch.Release();
    }

    /// <summary>Gives the gate what was in flight to the subtask.</summary>
    /// <exception cref="MillraceException">
    /// Invalid: the parallelism was another; Corrupt: the file is damaged.
    /// </exception>
    public static void Restore(SubtaskDescriptor subtask, ICheckpointFiles files, InputGate gate)
    {
        if (subtask.Restore is not { } checkpoint) return;
        var vertex = subtask.Graph.Vertices[subtask.Id.Vertex];
        if (InFlightRecords.Find(checkpoint, vertex.Id, vertex.Parallelism, subtask.Id.SubtaskIndex)
            is not { } written) return;
        string path = Path.Combine(checkpoint.Folder, written.File);
        new SnapshotReader(files, [path], InFlightRecords.Uid, default).ReadItems((input, item) =>
            gate.Replay(new InFlightBatch(
                int.Parse(input, CultureInfo.InvariantCulture), Read(item, path))));
    }

    private static ColumnBatch Read(ReadOnlySpan<byte> item, string path)
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
