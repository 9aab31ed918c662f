using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Graph;

namespace Millrace.TaskManager.Exchange;

/// <summary>
/// The end of a chain: all outgoing edges of one subtask. Control elements go to every channel.
/// </summary>
internal sealed class ExchangeOutput : IDisposable
{
    private readonly (Partitioner Partitioner, IChannelWriter[] Writers)[] _edges;
    private readonly IChannelWriter[] _all;

    public ExchangeOutput(JobGraph graph, int vertex, int subtask, Func<int, int, IChannelWriter> open)
    {
        var edges = new List<(Partitioner, IChannelWriter[])>();
        for (int e = 0; e < graph.Edges.Length; e++)
        {
            JobEdge edge = graph.Edges[e];
            if (edge.From != vertex) continue;
            int[] targets = TargetsOf(edge, graph.Vertices[edge.To].Parallelism, subtask);
            IChannelWriter[] writers = [.. targets.Select(target => open(e, target))];
            edges.Add((new Partitioner(edge, graph.MaxParallelism, writers.Length, subtask), writers));
        }
        _edges = [.. edges];
        _all = [.. edges.SelectMany(e => e.Item2)];
    }

    /// <summary>Whether every channel can take another batch.</summary>
    public bool HasRoom
    {
        get
        {
            foreach (IChannelWriter writer in _all)
                if (!writer.HasRoom) return false;
            return true;
        }
    }

    public void Send(ColumnBatch batch)
    {
        foreach ((Partitioner partitioner, IChannelWriter[] writers) in _edges)
            partitioner.Send(batch, writers);
    }

    public void Send(Watermark watermark) => ToAll(Element.Of(watermark));

    public void Send(Barrier barrier) => ToAll(Element.Of(barrier));

    public void SendStatus(bool isIdle) => ToAll(isIdle ? Element.Idle : Element.Active);

    public void SendEnd() => ToAll(Element.End);

    public void Dispose()
    {
        foreach (IChannelWriter writer in _all) writer.Dispose();
    }

    /// <summary>Subtasks of the receiver that this sender has a channel to.</summary>
    private static int[] TargetsOf(JobEdge edge, int receivers, int subtask) =>
        edge.Kind == ExchangeKind.Forward ? [subtask] : [.. Enumerable.Range(0, receivers)];

    private void ToAll(Element element)
    {
        foreach (IChannelWriter writer in _all) writer.Write(element);
    }
}
