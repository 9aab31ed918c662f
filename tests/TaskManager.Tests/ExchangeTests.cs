using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using Millrace.Operators.Sinks;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Types;
using Millrace.TaskManager.Exchange;
using Xunit;

namespace Millrace.TaskManager.Tests;

public sealed class ExchangeTests
{
    private readonly LocalExchange _exchange = new();
    private int _woken;

    [Property(MaxTest = 50)]
    public void Hashed_rows_keep_their_order_per_key_and_each_key_goes_to_one_channel(int seed)
    {
        var random = new Random(seed);
        int channels = random.Next(1, 7);
        var edge = new JobEdge(0, 1, 0, ExchangeKind.Hash, [0]);
        var partitioner = new Partitioner(edge, 128, channels, 0);
        IChannelWriter[] writers =
            [.. Enumerable.Range(0, channels).Select(i => _exchange.OpenWriter(Id(i), "", Wake, Ignore))];
        IChannelReader[] readers =
            [.. Enumerable.Range(0, channels).Select(i => _exchange.OpenReader(Id(i), "", Wake, Ignore))];
        var sent = new List<(long Key, int Sequence)>();
        for (int b = 0; b < 5; b++)
        {
            ColumnBatch batch =
                Batch([.. Enumerable.Range(0, random.Next(0, 100)).Select(_ => random.NextInt64(20))], sent);
            partitioner.Send(batch, writers);
            batch.Release();
        }

        var received = readers.Select(Drain).ToList();
        Assert.Equal(sent.Count, received.Sum(r => r.Count));
        foreach (var byKey in sent.GroupBy(s => s.Key))
        {
            var owner = Assert.Single(received, r => r.Any(x => x.Key == byKey.Key));
            Assert.Equal(byKey, owner.Where(x => x.Key == byKey.Key));
        }
    }

    [Fact]
    public void A_channel_has_no_room_at_its_bound_and_wakes_the_writer_when_one_batch_is_read()
    {
        IChannelWriter writer = _exchange.OpenWriter(Id(0), "", Wake, Ignore);
        IChannelReader reader = _exchange.OpenReader(Id(0), "", () => { }, Ignore);
        for (int i = 0; i < LocalExchange.BatchesPerChannel; i++)
        {
            Assert.True(writer.HasRoom);
            writer.Write(Element.Of(Batch([1], [])));
        }
        Assert.False(writer.HasRoom);
        Assert.True(reader.TryRead(out _));
        Assert.True(writer.HasRoom);
        Assert.Equal(1, _woken);
    }

    [Fact]
    public void Nothing_is_left_of_a_channel_after_both_ends_are_closed()
    {
        IChannelWriter writer = _exchange.OpenWriter(Id(0), "", Wake, Ignore);
        IChannelReader reader = _exchange.OpenReader(Id(0), "", Wake, Ignore);
        writer.Write(Element.Of(Batch([1], [])));
        reader.Dispose();
        writer.Write(Element.Of(Batch([1], [])));
        writer.Dispose();
        Assert.Equal(0, _exchange.OpenChannels);
    }

    [Fact]
    public void Nothing_is_left_of_a_channel_whose_other_end_never_comes()
    {
        IChannelWriter writer = _exchange.OpenWriter(Id(0), "", Wake, Ignore);
        writer.Write(Element.Of(Batch([1], [])));
        writer.Dispose();
        _exchange.OpenReader(Id(1), "", Wake, Ignore).Dispose();
        Assert.Equal(0, _exchange.OpenChannels);
    }

    [Fact]
    public void A_barrier_holds_its_channel_back_until_it_has_come_on_all()
    {
        using InputGate gate = Gate(2, out IChannelWriter[] writers);
        writers[0].Write(Element.Of(Barrier(1)));
        writers[0].Write(Element.Of(new Watermark(7)));
        writers[1].Write(Element.Of(new Watermark(3)));
        Assert.Equal([ElementKind.Watermark], Kinds(gate));
        writers[1].Write(Element.Of(Barrier(1)));
        Assert.Equal([ElementKind.Barrier, ElementKind.Watermark], Kinds(gate));
    }

    [Fact]
    public void An_aborted_alignment_lets_its_channels_go_on_and_ignores_the_late_barrier()
    {
        using InputGate gate = Gate(2, out IChannelWriter[] writers);
        writers[0].Write(Element.Of(Barrier(1)));
        writers[0].Write(Element.Of(new Watermark(7)));
        Assert.Empty(Kinds(gate));
        gate.Abort(new CheckpointId(1));
        Assert.Equal([ElementKind.Watermark], Kinds(gate));
        writers[1].Write(Element.Of(Barrier(1)));
        writers[1].Write(Element.Of(Barrier(2)));
        writers[0].Write(Element.Of(Barrier(2)));
        Assert.Equal([ElementKind.Barrier], Kinds(gate));
    }

    [Fact]
    public void A_newer_barrier_gives_up_an_alignment_that_can_never_end()
    {
        using InputGate gate = Gate(2, out IChannelWriter[] writers);
        writers[0].Write(Element.Of(Barrier(1)));
        Assert.Empty(Kinds(gate));
        writers[1].Write(Element.Of(Barrier(2)));
        writers[0].Write(Element.Of(Barrier(2)));
        Assert.Equal([ElementKind.Barrier], Kinds(gate));
    }

    [Fact]
    public void A_barrier_overtakes_when_its_limit_has_passed_and_not_before()
    {
        var time = new FakeTimeProvider();
        using InputGate gate = Gate(2, out IChannelWriter[] writers, time);
        var barrier = Barrier(1) with { AlignmentLimit = TimeSpan.FromSeconds(3) };
        writers[0].Write(Element.Of(barrier));
        writers[1].Write(Element.Of(Batch([1], [])));
        Assert.Null(gate.TryOvertake());
        time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Null(gate.TryOvertake());
        time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(TimeSpan.Zero, gate.TryOvertake()!.AlignmentLimit);
        Assert.Null(gate.TakeCapture());
        writers[1].Write(Element.Of(new Watermark(8)));
        writers[1].Write(Element.Of(barrier));
        writers[1].Write(Element.Of(Batch([2], [])));
        InFlightCapture capture = gate.TakeCapture()!;
        Assert.Equal(
            [(1, ElementKind.Batch), (1, ElementKind.Watermark)],
            capture.Take().Select(e => (e.Channel, e.Element.Kind)));
        Assert.Equal([ElementKind.Batch, ElementKind.Watermark, ElementKind.Batch], Kinds(gate));
    }

    [Fact]
    public void A_barrier_without_limit_never_overtakes()
    {
        var time = new FakeTimeProvider();
        using InputGate gate = Gate(2, out IChannelWriter[] writers, time);
        writers[0].Write(Element.Of(Barrier(1)));
        Assert.Null(gate.TryOvertake());
        time.Advance(TimeSpan.FromDays(1));
        Assert.Null(gate.TryOvertake());
    }

    [Fact]
    public void A_barrier_that_has_overtaken_before_does_not_wait_again()
    {
        using InputGate gate = Gate(2, out IChannelWriter[] writers, new FakeTimeProvider());
        writers[0].Write(Element.Of(Barrier(1) with { AlignmentLimit = TimeSpan.FromSeconds(3) }));
        Assert.Null(gate.TryOvertake());
        writers[1].Write(Element.Of(Barrier(1) with { AlignmentLimit = TimeSpan.Zero }));
        Assert.NotNull(gate.TryOvertake());
        Assert.True(gate.TakeCapture()!.IsOver);
        Assert.Empty(Kinds(gate));
    }

    private static Barrier Barrier(long id) => new(new CheckpointId(id), "folder");

    private static ChannelId Id(int to) => new("job", 1, 0, 0, to);

    private void Wake() => _woken++;

    private static void Ignore(MillraceException failure) { }

    private static List<ElementKind> Kinds(InputGate gate)
    {
        var kinds = new List<ElementKind>();
        while (gate.TryRead(out Element element, out _)) kinds.Add(element.Kind);
        return kinds;
    }

    private InputGate Gate(int senders, out IChannelWriter[] writers, TimeProvider? time = null)
    {
        var sink = new OperatorNode("u", "n", new SinkPlan(null!, NotNullEnforcer.Error), Schema.Empty);
        var graph = new JobGraph("j", 128, "UTC",
            [new JobVertex("a", "a", senders, [sink]), new JobVertex("b", "b", 1, [sink])],
            [new JobEdge(0, 1, 0, ExchangeKind.Rebalance, [])]);
        writers = [.. Enumerable.Range(0, senders)
            .Select(i => _exchange.OpenWriter(new ChannelId("g", 1, 0, i, 0), "", Wake, Ignore))];
        return new InputGate(
            graph, 1, 0, (edge, from) =>
                _exchange.OpenReader(new ChannelId("g", 1, edge, from, 0), "", Wake, Ignore),
            time ?? TimeProvider.System, (_, _) => { });
    }

    private static ColumnBatch Batch(long[] keys, List<(long, int)> sent)
    {
        int[] sequence = [.. Enumerable.Range(sent.Count, keys.Length)];
        for (int i = 0; i < keys.Length; i++) sent.Add((keys[i], sequence[i]));
        return new ColumnBatch([FixedColumn<long>.Of(keys), FixedColumn<int>.Of(sequence)], keys.Length);
    }

    private static List<(long Key, int Sequence)> Drain(IChannelReader reader)
    {
        var rows = new List<(long, int)>();
        while (reader.TryRead(out Element element))
        {
            var keys = (FixedColumn<long>)element.Batch.Columns[0];
            var sequence = (FixedColumn<int>)element.Batch.Columns[1];
            for (int i = 0; i < element.Batch.RowCount; i++) rows.Add((keys[i], sequence[i]));
            element.Batch.Release();
        }
        return rows;
    }
}
