using System.Collections.Immutable;
using FsCheck.Xunit;
using Millrace.Operators.Calc;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;
using Millrace.Shared.Graph;
using Millrace.TaskManager.Exchange;
using Millrace.TaskManager.Runtime;
using Xunit;

namespace Millrace.TaskManager.Tests;

public sealed class UnalignedCheckpointTests : IDisposable
{
    private static readonly ExchangeKind[] Kinds =
        [ExchangeKind.Forward, ExchangeKind.Hash, ExchangeKind.Rebalance, ExchangeKind.Global];

    private readonly string _folder = Directory.CreateTempSubdirectory("millrace-unaligned").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Property(MaxTest = 60)]
    public void After_a_restore_from_a_barrier_that_overtook_records_each_row_is_there_once(int seed)
    {
        var random = new Random(seed);
        var connector = new MemoryConnector(random.Next(1, 6), random.Next(0, 3000));
        JobGraph graph = RandomGraph(random);
        Check(graph, connector, random, seed, null, null);
    }

    [Property(MaxTest = 10)]
    public void The_same_holds_between_processes(int seed)
    {
        var random = new Random(seed);
        var connector = new MemoryConnector(random.Next(1, 6), random.Next(0, 3000));
        JobGraph graph = RandomGraph(random);
        var options = new ExchangeOptions { ChannelBatches = random.Next(1, 5) };
        NetworkExchange[] exchanges = [NetworkExchange.Start(options), NetworkExchange.Start(options)];
        Check(
            graph, connector, random, seed, id => exchanges[id.SubtaskIndex % 2],
            [.. Enumerable.Range(0, 8).Select(i => exchanges[i % 2].Address)]);
        Network.Condition.Await(() => exchanges.Sum(e => e.OpenChannels) == 0);
        foreach (NetworkExchange exchange in exchanges)
            exchange.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    [Fact]
    public void A_full_channel_does_not_hold_a_barrier_up_and_its_batches_are_in_the_snapshot()
    {
        var connector = new MemoryConnector(1, 10_000) { IsUnbounded = true };
        JobGraph graph = MemoryConnector.Graph(1, 1);
        CheckpointMetadata checkpoint = Unread(connector, graph, sinkSteps: 3);
        SubtaskSnapshot sink = Assert.Single(checkpoint.Subtasks, s => s.VertexId == "sink");
        Assert.Equal(InFlightRecords.Uid, Assert.Single(sink.OperatorUids));
        Assert.InRange(connector.Flushed.Count, 1, 300);
        connector.IsUnbounded = false;
        using var restored =
            new StepDriver(graph, connector, TimeProvider.System, restore: checkpoint, attempt: 2);
        restored.RunUntilIdle();
        Assert.Equal(
            Enumerable.Range(0, 10_000).Select(i => (long)i), connector.Flushed.Select(r => r.Sequence));
    }

    [Fact]
    public void An_unaligned_checkpoint_is_refused_at_another_parallelism()
    {
        var connector = new MemoryConnector(1, 10_000) { IsUnbounded = true };
        CheckpointMetadata checkpoint = Unread(connector, MemoryConnector.Graph(1, 1), sinkSteps: 3);
        var failure = Assert.Throws<MillraceException>(() => new StepDriver(
            MemoryConnector.Graph(1, 2), connector, TimeProvider.System, restore: checkpoint, attempt: 2));
        Assert.Equal(ErrorKind.Invalid, failure.Kind);
        Assert.Contains(
            "sink had 1 of them, now 2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_in_flight_comes_back_in_its_order_and_time_is_where_it_was()
    {
        var files = new LocalCheckpointFiles();
        var state = new WatermarkState(new Watermark(5), [new Watermark(5), new Watermark(9)]);
        using (var writer = new SnapshotWriter(files, Path.Combine(_folder, "file")))
        {
            writer.BeginOperator(InFlightRecords.Uid);
            new InFlightSnapshot(state, [
                new InFlightElement(1, Network.ExchangePair.Batch(1)),
                new InFlightElement(0, Element.Of(new Watermark(7))),
                new InFlightElement(1, Network.ExchangePair.Batch(2)),
            ]).WriteTo(writer);
            writer.Complete();
        }
        JobGraph graph = MemoryConnector.Graph(2, 1);
        var checkpoint = new CheckpointMetadata(
            new CheckpointId(1), false, graph.Name, graph.MaxParallelism, _folder,
            [
                new SubtaskSnapshot("source", 0, "", 0, []), new SubtaskSnapshot("source", 1, "", 0, []),
                new SubtaskSnapshot("sink", 0, "file", 1, [InFlightRecords.Uid]),
            ]);
        var exchange = new LocalExchange();
        using var gate = new InputGate(
            graph, 1, 0, (edge, from) =>
                exchange.OpenReader(new ChannelId("j", 2, edge, from, 0), "", () => { }, _ => { }),
            TimeProvider.System, (_, _) => { });
        WatermarkState restored = InFlightSnapshot.Restore(
            new SubtaskDescriptor(new SubtaskId("j", 2, 1, 0), graph, checkpoint), files, gate)!.Value;
        Assert.Equal(state.Joint, restored.Joint);
        Assert.Equal(state.Channels.ToArray(), restored.Channels.ToArray());
        var read = new List<(int, ElementKind)>();
        while (gate.TryRead(out Element element, out int channel)) read.Add((channel, element.Kind));
        Assert.Equal(
            [(1, ElementKind.Batch), (0, ElementKind.Watermark), (1, ElementKind.Batch)], read);
    }

    /// <summary>A checkpoint while the sink has read little of a full channel.</summary>
    private CheckpointMetadata Unread(MemoryConnector connector, JobGraph graph, int sinkSteps)
    {
        var written = new List<SubtaskSnapshot>();
        var listener = new WrittenListener(written);
        var environment = new SubtaskEnvironment(
            TimeProvider.System, connector, new LocalCheckpointFiles(), new LocalExchange(), act => act());
        Subtask NewSubtask(int vertex) => new(
            new SubtaskDescriptor(new SubtaskId("job", 1, vertex, 0), graph, null),
            environment, listener, static () => { });
        using Subtask source = NewSubtask(0);
        using Subtask sink = NewSubtask(1);
        sink.Open();
        source.Open();
        while (source.Step() == StepResult.Worked) { }
        for (int i = 0; i < sinkSteps; i++) sink.Step();
        Directory.CreateDirectory(_folder);
        source.TriggerCheckpoint(new Barrier(new CheckpointId(1), _folder)
        {
            AlignmentLimit = TimeSpan.Zero,
        });
        source.Step();
        sink.Step();
        return new CheckpointMetadata(
            new CheckpointId(1), false, graph.Name, graph.MaxParallelism, _folder, [.. written]);
    }

    private void Check(
        JobGraph graph,
        MemoryConnector connector,
        Random random,
        int seed,
        Func<SubtaskId, IExchange>? exchangeOf,
        string[]? addresses)
    {
        connector.IsUnbounded = true;
        string folder = Path.Combine(_folder, $"{seed}");
        CheckpointMetadata? checkpoint = null;
        int attempt = 1;
        for (int runs = random.Next(1, 4); attempt <= runs; attempt++)
        {
            using var driver =
                new RandomDriver(graph, connector, random, attempt, checkpoint, exchangeOf, addresses);
            driver.Steps(random.Next(0, 400));
            if (random.Next(3) == 0)
            {
                driver.Trigger(10 * attempt, folder, TimeSpan.Zero);
                driver.Steps(random.Next(0, 100));
                driver.Abort(10 * attempt);
            }
            TimeSpan limit = TimeSpan.FromMilliseconds(random.Next(3) == 0 ? 2 : 0);
            checkpoint = driver.Checkpoint(10 * attempt + 1, $"{folder}-{attempt}", limit);
            driver.Steps(random.Next(0, 200));
        }
        connector.IsUnbounded = false;
        using var restored = new RandomDriver(
            graph, connector, random, attempt, checkpoint, exchangeOf, addresses);
        restored.RunToEnd();
        int total = connector.SplitCount * connector.RowsPerSplit;
        Assert.Equal(total, connector.Flushed.Select(r => r.Sequence).Distinct().Count());
        Assert.Equal(total, connector.Flushed.Count);
        if (graph.Edges.Any(e => e.Kind is ExchangeKind.Rebalance)) return;
        foreach (var stream in connector.Flushed.GroupBy(r => (r.Key, r.Sequence / 1_000_000)))
            Assert.Equal(stream.Select(r => r.Sequence).Order(), stream.Select(r => r.Sequence));
    }

    /// <summary>source -> up to two more vertices -> sink, any exchanges, any parallelism.</summary>
    private static JobGraph RandomGraph(Random random)
    {
        JobGraph ends = MemoryConnector.Graph(random.Next(1, 4), random.Next(1, 4));
        ImmutableArray<Expr> same =
            [.. MemoryConnector.Schema.Fields.Select((f, i) => new InputRef(i, f.Type))];
        var vertices = new List<JobVertex> { ends.Vertices[0] };
        for (int i = random.Next(3); i > 0; i--)
        {
            var node = new OperatorNode($"calc{i}", "calc", new CalcPlan(null, same), MemoryConnector.Schema);
            vertices.Add(new JobVertex($"calc{i}", "calc", random.Next(1, 4), [node]));
        }
        vertices.Add(ends.Vertices[1]);
        var edges = new List<JobEdge>();
        for (int i = 0; i + 1 < vertices.Count; i++)
        {
            bool isEven = vertices[i].Parallelism == vertices[i + 1].Parallelism;
            ExchangeKind kind = Kinds[random.Next(isEven ? 0 : 1, Kinds.Length)];
            edges.Add(new JobEdge(i, i + 1, 0, kind, [0]));
        }
        return ends with { Vertices = [.. vertices], Edges = [.. edges] };
    }

    private sealed class WrittenListener(List<SubtaskSnapshot> written) : ISubtaskListener
    {
        public void Running(SubtaskId id) { }

        public void DataEnded(SubtaskId id) { }

        public void Finished(SubtaskId id) { }

        public void Canceled(SubtaskId id) { }

        public void Failed(SubtaskId id, ErrorKind kind, string message) { }

        public void SnapshotWritten(
            SubtaskId id, CheckpointId checkpoint, SubtaskSnapshot snapshot) => written.Add(snapshot);

        public void SnapshotFailed(SubtaskId id, CheckpointId checkpoint, string reason) =>
            Assert.Fail(reason);
    }
}
