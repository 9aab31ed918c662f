using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Keys;

namespace Millrace.TaskManager.Exchange;

/// <summary>
/// Divides the rows of batches among the channels of one edge; the order of rows is kept per channel.
/// </summary>
internal sealed class Partitioner(JobEdge edge, int maxParallelism, int channels, int subtask)
{
    private readonly Column[] _keys = new Column[edge.KeyColumns.Length];
    private readonly int[] _counts = new int[channels];
    private int[] _targets = [];
    private int[] _rows = [];
    private int _next = subtask % channels;

    /// <summary>Writes the batch's rows to the channels that they belong to.</summary>
    public void Send(ColumnBatch batch, IChannelWriter[] writers)
    {
        if (batch.RowCount == 0) return;
        switch (edge.Kind)
        {
            case ExchangeKind.Forward or ExchangeKind.Global:
                Pass(batch, writers[0]);
                break;
            case ExchangeKind.Hash when channels == 1:
                Pass(batch, writers[0]);
                break;
            case ExchangeKind.Hash:
                Scatter(batch, writers);
                break;
            case ExchangeKind.Rebalance:
                Pass(batch, writers[_next]);
                _next = (_next + 1) % channels;
                break;
            case ExchangeKind.Broadcast:
                foreach (IChannelWriter writer in writers) Pass(batch, writer);
                break;
            default:
                throw new MillraceException(ErrorKind.Bug, $"Unknown exchange {edge.Kind}.");
        }
    }

    private static void Pass(ColumnBatch batch, IChannelWriter writer) =>
        writer.Write(Element.Of(batch.Retain()));

    /// <summary>A counting sort of the row numbers by target subtask, then one gather a target.</summary>
    private void Scatter(ColumnBatch batch, IChannelWriter[] writers)
    {
        int rows = batch.RowCount;
        FindTargets(batch, rows);
        int start = 0;
        for (int target = 0; target < channels; target++)
        {
            int count = _counts[target];
            _counts[target] = start;
            start += count;
        }
        for (int row = 0; row < rows; row++) _rows[_counts[_targets[row]]++] = row;
        start = 0;
        for (int target = 0; target < channels; target++)
        {
            ReadOnlySpan<int> chosen = _rows.AsSpan(start, _counts[target] - start);
            start = _counts[target];
            if (chosen.Length == rows) Pass(batch, writers[target]);
            else if (chosen.Length > 0) writers[target].Write(Element.Of(batch.Gather(chosen)));
        }
    }

    private void FindTargets(ColumnBatch batch, int rows)
    {
        if (_targets.Length < rows)
        {
            _targets = new int[Math.Max(rows, ColumnBatch.MaxRows)];
            _rows = new int[_targets.Length];
        }
        for (int i = 0; i < _keys.Length; i++) _keys[i] = batch.Columns[edge.KeyColumns[i]];
        Span<int> targets = _targets.AsSpan(0, rows);
        KeyHasher.Hash(_keys, targets);
        Array.Clear(_counts);
        for (int row = 0; row < rows; row++)
        {
            int keyGroup = KeyGroups.Of(targets[row], maxParallelism);
            int target = KeyGroups.SubtaskOf(keyGroup, maxParallelism, channels);
            targets[row] = target;
            _counts[target]++;
        }
    }
}
