using FsCheck.Xunit;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Millrace.TaskManager.Exchange;
using Xunit;

namespace Millrace.TaskManager.Tests.Network;

public sealed class NetworkExchangeTests
{
    [Fact]
    public async Task Elements_arrive_in_order_whichever_end_is_opened_first()
    {
        await using var pair = new ExchangePair();
        foreach (bool readerFirst in (bool[])[true, false])
        {
            ChannelId id = ExchangePair.Id(readerFirst ? 0 : 1);
            ChannelEnd<IChannelReader>? reader = readerFirst ? pair.Reader(id) : null;
            ChannelEnd<IChannelWriter> writer = pair.Writer(id);
            writer.End.Write(ExchangePair.Batch(1, 2));
            writer.End.Write(Element.Of(new Watermark(5)));
            writer.End.Write(Element.Idle);
            writer.End.Write(Element.Active);
            writer.End.Write(Element.Of(new Barrier(new CheckpointId(3), "folder")));
            writer.End.Write(ExchangePair.Batch(3));
            writer.End.Write(Element.End);
            reader ??= pair.Reader(id);
            Assert.Equal([1, 2], reader.NextValues());
            Assert.Equal(new Watermark(5), reader.Next().Watermark);
            Assert.Equal(ElementKind.Idle, reader.Next().Kind);
            Assert.Equal(ElementKind.Active, reader.Next().Kind);
            Assert.Equal("folder", reader.Next().Barrier.Folder);
            Assert.Equal([3], reader.NextValues());
            Assert.Equal(ElementKind.End, reader.Next().Kind);
            writer.End.Dispose();
            reader.End.Dispose();
            Condition.Await(() => pair.From.OpenChannels + pair.To.OpenChannels == 0);
        }
    }

    [Property(MaxTest = 10)]
    public void Any_batches_arrive_as_they_were_written_also_in_parts(int seed, bool compress)
    {
        var random = new Random(seed);
        var batches = new RandomBatches(random);
        Schema schema = Schema.Of([.. batches.NextSchema().Fields, new Field("n", LogicalType.BigInt)]);
        // Small enough that large batches are cut, large enough for each row.
        var pair = new ExchangePair(new ExchangeOptions { MaxFrameBytes = 16 << 10, Compress = compress });
        ChannelEnd<IChannelReader> reader = pair.Reader(ExchangePair.Id(0));
        ChannelEnd<IChannelWriter> writer = pair.Writer(ExchangePair.Id(0));
        for (int i = 0; i < 5; i++)
        {
            ColumnBatch batch = batches.Next(schema, random.Next(1, 600));
            writer.End.Write(Element.Of(batch.Retain()));
            for (int at = 0; at < batch.RowCount;)
            {
                ColumnBatch part = reader.Next().Batch;
                ColumnBatch expected = batch.Gather([.. Enumerable.Range(at, part.RowCount)]);
                RandomBatches.AssertSame(schema, expected, part);
                at += part.RowCount;
            }
        }
        pair.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    [Fact]
    public async Task A_sender_has_no_room_until_its_reader_has_taken_what_the_credits_hold()
    {
        await using var pair = new ExchangePair(new ExchangeOptions { ChannelBatches = 4 });
        ChannelEnd<IChannelWriter> writer = pair.Writer(ExchangePair.Id(0));
        ChannelEnd<IChannelReader> reader = pair.Reader(ExchangePair.Id(0));
        Condition.Await(() => writer.End.HasRoom);
        for (int i = 0; i < 7; i++) writer.End.Write(ExchangePair.Batch(i));
        Assert.False(writer.End.HasRoom);
        int woken = writer.Woken;
        for (int i = 0; i < 4; i++) Assert.Equal([i], reader.NextValues());
        // The three that waited have gone out; one credit is left.
        Condition.Await(() => writer.End.HasRoom && writer.Woken > woken);
        for (int i = 4; i < 7; i++) Assert.Equal([i], reader.NextValues());
    }

    [Fact]
    public async Task Bytes_without_credit_wait_at_the_sender()
    {
        await using var pair = new ExchangePair(new ExchangeOptions { ChannelBytes = 4096 });
        ChannelEnd<IChannelWriter> writer = pair.Writer(ExchangePair.Id(0));
        ChannelEnd<IChannelReader> reader = pair.Reader(ExchangePair.Id(0));
        Condition.Await(() => writer.End.HasRoom);
        writer.End.Write(ExchangePair.Batch(new long[1000]));
        Assert.False(writer.End.HasRoom);
        writer.End.Write(ExchangePair.Batch(7));
        Assert.Equal(1000, reader.NextValues().Length);
        Assert.Equal([7], reader.NextValues());
        Condition.Await(() => writer.End.HasRoom);
    }

    [Fact]
    public async Task Control_elements_pass_without_credit_but_not_without_end()
    {
        await using var pair = new ExchangePair();
        ChannelEnd<IChannelWriter> writer = pair.Writer(ExchangePair.Id(0));
        ChannelEnd<IChannelReader> reader = pair.Reader(ExchangePair.Id(0));
        Condition.Await(() => writer.End.HasRoom);
        int written = 0;
        while (writer.End.HasRoom) writer.End.Write(Element.Of(new Watermark(written++)));
        Assert.InRange(written, 100, 1000);
        for (int i = 0; i < written; i++) Assert.Equal(new Watermark(i), reader.Next().Watermark);
        Condition.Await(() => writer.End.HasRoom);
    }

    [Fact]
    public async Task What_is_written_after_the_reader_has_gone_counts_for_nothing()
    {
        await using var pair = new ExchangePair(new ExchangeOptions { ChannelBatches = 1 });
        ChannelEnd<IChannelWriter> writer = pair.Writer(ExchangePair.Id(0));
        ChannelEnd<IChannelReader> reader = pair.Reader(ExchangePair.Id(0));
        for (int i = 0; i < 3; i++) writer.End.Write(ExchangePair.Batch(i));
        reader.NextValues();
        reader.End.Dispose();
        Condition.Await(() => writer.End.HasRoom);
        for (int i = 0; i < 100; i++) writer.End.Write(ExchangePair.Batch(i));
        Assert.True(writer.End.HasRoom);
        writer.End.Dispose();
        Condition.Await(() => pair.From.OpenChannels + pair.To.OpenChannels == 0);
        Assert.Null(writer.Failure);
    }

    [Fact]
    public async Task A_channel_of_another_attempt_is_another_channel()
    {
        await using var pair = new ExchangePair();
        ChannelEnd<IChannelWriter> old = pair.Writer(ExchangePair.Id(0, attempt: 1));
        old.End.Write(ExchangePair.Batch(1));
        ChannelEnd<IChannelReader> reader = pair.Reader(ExchangePair.Id(0, attempt: 2));
        ChannelEnd<IChannelWriter> writer = pair.Writer(ExchangePair.Id(0, attempt: 2));
        writer.End.Write(ExchangePair.Batch(2));
        Assert.Equal([2], reader.NextValues());
        Assert.False(reader.End.TryRead(out _));
        old.End.Dispose();
        reader.End.Dispose();
        writer.End.Dispose();
        Condition.Await(() => pair.From.OpenChannels + pair.To.OpenChannels == 0);
    }

    [Fact]
    public async Task A_writer_whose_reader_never_comes_fails_and_has_sent_its_first_credits_only()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var pair = new ExchangePair(new ExchangeOptions
        {
            ChannelBatches = 2,
            ClaimTimeout = TimeSpan.FromSeconds(60),
            Time = time,
        });
        ChannelEnd<IChannelWriter> writer = pair.Writer(ExchangePair.Id(0));
        Condition.Await(() => writer.End.HasRoom);
        for (int i = 0; i < 10; i++) writer.End.Write(ExchangePair.Batch(i));
        Condition.Await(() => pair.To.OpenChannels == 1);
        time.Advance(TimeSpan.FromSeconds(61));
        MillraceException failure = writer.AwaitFailure();
        Assert.Equal(ErrorKind.Unavailable, failure.Kind);
        Assert.Contains("No subtask took channel 0>0", failure.Message, StringComparison.Ordinal);
        writer.End.Dispose();
        Condition.Await(() => pair.From.OpenChannels + pair.To.OpenChannels == 0);
    }

    [Fact]
    public async Task A_channel_that_comes_from_another_process_than_expected_is_refused()
    {
        await using var pair = new ExchangePair();
        ChannelId id = ExchangePair.Id(0);
        var reader = new ChannelEnd<IChannelReader>((wake, lost) =>
            ((IExchange)pair.To).OpenReader(id, "127.0.0.1:1", wake, lost));
        ChannelEnd<IChannelWriter> writer = pair.Writer(id);
        MillraceException failure = writer.AwaitFailure();
        Assert.Contains("must come from 127.0.0.1:1", failure.Message, StringComparison.Ordinal);
        Assert.Null(reader.Failure);
    }

    [Fact]
    public async Task A_row_that_no_frame_can_hold_fails_its_subtask_with_a_sentence()
    {
        await using var pair = new ExchangePair(new ExchangeOptions { MaxFrameBytes = 4096 });
        ChannelEnd<IChannelWriter> writer = pair.Writer(ExchangePair.Id(0));
        var batch = new ColumnBatch([BytesColumn.Of(new string('x', 5000))], 1);
        var failure = Assert.Throws<MillraceException>(() => writer.End.Write(Element.Of(batch)));
        Assert.Equal(ErrorKind.Invalid, failure.Kind);
    }

    [Fact]
    public async Task Within_one_process_a_batch_is_passed_as_it_is()
    {
        await using var pair = new ExchangePair();
        IExchange exchange = pair.From;
        foreach (string here in (string[])["", pair.From.Address])
        {
            ChannelId id = ExchangePair.Id(here.Length);
            IChannelWriter writer = exchange.OpenWriter(id, here, () => { }, _ => { });
            IChannelReader reader = exchange.OpenReader(id, here, () => { }, _ => { });
            Element element = ExchangePair.Batch(1);
            writer.Write(element);
            Assert.True(reader.TryRead(out Element read));
            Assert.Same(element.Batch, read.Batch);
            writer.Dispose();
            reader.Dispose();
        }
        Assert.Equal(0, pair.From.OpenChannels);
    }

    private static Element Filled(long value, int rows) =>
        ExchangePair.Batch([.. Enumerable.Repeat(value, rows)]);

    [Property(MaxTest = 5)]
    public void Many_channels_share_a_connection_and_a_reader_that_pauses_stops_only_its_own(int seed)
    {
        var random = new Random(seed);
        var pair = new ExchangePair(new ExchangeOptions { ChannelBatches = 3, ChannelBytes = 8192 });
        const int Channels = 20;
        const int Batches = 60;
        ChannelEnd<IChannelWriter>[] writers =
            [.. Enumerable.Range(0, Channels).Select(i => pair.Writer(ExchangePair.Id(i)))];
        ChannelEnd<IChannelReader>[] readers =
            [.. Enumerable.Range(0, Channels).Select(i => pair.Reader(ExchangePair.Id(i)))];
        int[] written = new int[Channels];
        int[] read = new int[Channels];
        // The first reader pauses until all others have everything.
        Condition.Await(() =>
        {
            for (int step = 0; step < 1000; step++)
            {
                int i = random.Next(Channels);
                if (written[i] < Batches && writers[i].End.HasRoom)
                    writers[i].End.Write(Filled(written[i]++, random.Next(1, 800)));
                int r = random.Next(read.Skip(1).All(n => n == Batches) ? 0 : 1, Channels);
                if (!readers[r].End.TryRead(out Element element)) continue;
                Assert.Equal(read[r]++, ((FixedColumn<long>)element.Batch.Columns[0])[0]);
                element.Batch.Release();
            }
            return read.All(n => n == Batches);
        });
        pair.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
