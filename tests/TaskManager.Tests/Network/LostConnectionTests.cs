using System.Net.Sockets;
using System.Threading.Channels;
using FsCheck.Xunit;
using Millrace.Shared.Errors;
using Millrace.TaskManager.Exchange;
using Xunit;

namespace Millrace.TaskManager.Tests.Network;

public sealed class LostConnectionTests
{
    [Fact]
    public async Task A_process_that_is_gone_fails_both_ends_with_both_addresses()
    {
        await using var pair = new ExchangePair();
        ChannelEnd<IChannelWriter> writer = pair.Writer(ExchangePair.Id(0));
        ChannelEnd<IChannelReader> reader = pair.Reader(ExchangePair.Id(0));
        writer.End.Write(ExchangePair.Batch(1));
        Assert.Equal([1], reader.NextValues());
        await pair.From.DisposeAsync();
        AssertNamesBoth(pair, writer.AwaitFailure());
        AssertNamesBoth(pair, reader.AwaitFailure());
        writer.End.Dispose();
        reader.End.Dispose();
        Assert.Equal(0, pair.From.OpenChannels + pair.To.OpenChannels);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_survivor_is_told_who_is_gone_and_a_process_that_closes_itself_is_not(bool isWriterGone)
    {
        await using var pair = new ExchangePair();
        var lost = Channel.CreateUnbounded<string>();
        NetworkExchange survivor = isWriterGone ? pair.To : pair.From;
        NetworkExchange gone = isWriterGone ? pair.From : pair.To;
        survivor.PeerLost += peer => lost.Writer.TryWrite(peer);
        gone.PeerLost += peer => lost.Writer.TryWrite($"told the one that is gone: {peer}");
        ChannelEnd<IChannelWriter> writer = pair.Writer(ExchangePair.Id(0));
        ChannelEnd<IChannelReader> reader = pair.Reader(ExchangePair.Id(0));
        writer.End.Write(ExchangePair.Batch(1));
        Assert.Equal([1], reader.NextValues());
        await gone.DisposeAsync();
        Assert.Equal(gone.Address, await lost.Reader.ReadAsync());
        writer.AwaitFailure();
        reader.AwaitFailure();
        await survivor.DisposeAsync();
        Assert.False(lost.Reader.TryRead(out _));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_process_that_refuses_the_connection_fails_the_writer_at_once()
    {
        await using var pair = new ExchangePair();
        var lost = Channel.CreateUnbounded<string>();
        pair.From.PeerLost += peer => lost.Writer.TryWrite(peer);
        await pair.To.DisposeAsync();
        ChannelEnd<IChannelWriter> writer = pair.Writer(ExchangePair.Id(0));
        AssertNamesBoth(pair, writer.AwaitFailure());
        Assert.Equal(pair.To.Address, await lost.Reader.ReadAsync());
    }

    [Fact]
    public async Task A_process_that_takes_connections_and_says_nothing_fails_the_writer_in_the_end()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var from = NetworkExchange.Start(new ExchangeOptions { Time = time });
        using var silent = new TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var writer = new ChannelEnd<IChannelWriter>((wake, lost) =>
            ((IExchange)from).OpenWriter(ExchangePair.Id(0), $"{silent.LocalEndpoint}", wake, lost));
        using Socket accepted = await silent.AcceptSocketAsync();
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Contains("does not answer", writer.AwaitFailure().Message, StringComparison.Ordinal);
        writer.End.Dispose();
    }

    [Fact]
    public async Task A_channel_can_be_left_while_the_other_side_is_silent()
    {
        await using var from = NetworkExchange.Start(new ExchangeOptions());
        using var silent = new TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var writer = new ChannelEnd<IChannelWriter>((wake, lost) =>
            ((IExchange)from).OpenWriter(ExchangePair.Id(0), $"{silent.LocalEndpoint}", wake, lost));
        writer.End.Write(ExchangePair.Batch(new long[100_000]));
        Assert.False(writer.End.HasRoom);
        writer.End.Dispose();
        Assert.Equal(0, from.OpenChannels);
    }

    [Fact]
    public async Task The_next_attempt_has_a_connection_of_its_own()
    {
        await using var pair = new ExchangePair(behindTap: true);
        ChannelEnd<IChannelReader> lost;
        await using (var tap = new Wiretap(pair.To.Address))
        {
            lost = pair.Reader(ExchangePair.Id(0));
            ChannelEnd<IChannelWriter> first = pair.Writer(ExchangePair.Id(0));
            first.End.Write(ExchangePair.Batch(1));
            Assert.Equal([1], lost.NextValues());
            tap.Cut();
            first.AwaitFailure();
        }
        lost.AwaitFailure();
        await using var again = new Wiretap(pair.To.Address);
        ChannelEnd<IChannelReader> reader = pair.Reader(ExchangePair.Id(0, attempt: 2));
        ChannelEnd<IChannelWriter> writer = pair.Writer(ExchangePair.Id(0, attempt: 2));
        writer.End.Write(ExchangePair.Batch(2));
        Assert.Equal([2], reader.NextValues());
    }

    [Property(MaxTest = 30)]
    public void A_connection_cut_at_any_byte_delivers_a_prefix_and_fails_both_ends(int seed)
    {
        var random = new Random(seed);
        CutAsync(random.Next(1, 30_000), long.MaxValue, random).GetAwaiter().GetResult();
    }

    [Property(MaxTest = 30)]
    public void A_byte_changed_on_the_way_is_never_read(int seed)
    {
        var random = new Random(seed);
        CutAsync(long.MaxValue, random.Next(100, 20_000), random).GetAwaiter().GetResult();
    }

    private static void AssertNamesBoth(ExchangePair pair, MillraceException failure)
    {
        Assert.Equal(ErrorKind.Unavailable, failure.Kind);
        Assert.Contains(
            $"from {pair.From.Address} to {pair.To.Address}", failure.Message, StringComparison.Ordinal);
    }

    private static async Task CutAsync(long cutAt, long flipAt, Random random)
    {
        await using var pair = new ExchangePair(behindTap: true);
        await using var tap = new Wiretap(pair.To.Address) { CutAt = cutAt, FlipAt = flipAt };
        ChannelEnd<IChannelReader> reader = pair.Reader(ExchangePair.Id(0));
        ChannelEnd<IChannelWriter> writer = pair.Writer(ExchangePair.Id(0));
        long written = 0;
        long read = 0;
        Condition.Await(() =>
        {
            if (writer.Failure is null && writer.End.HasRoom)
                writer.End.Write(ExchangePair.Batch([.. Enumerable.Repeat(written++, random.Next(1, 200))]));
            while (reader.End.TryRead(out Element element))
            {
                Assert.Equal(read++, ((Shared.Columns.FixedColumn<long>)element.Batch.Columns[0])[0]);
                element.Batch.Release();
            }
            return writer.Failure is not null;
        });
        Assert.True(read <= written);
        if (read > 0) reader.AwaitFailure();
        writer.End.Dispose();
        reader.End.Dispose();
        Condition.Await(() => pair.From.OpenChannels + pair.To.OpenChannels == 0);
    }
}
