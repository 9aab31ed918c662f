using Microsoft.Extensions.Logging;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.TaskManager.Exchange;
using Xunit;

namespace Millrace.TaskManager.Tests.Network;

/// <summary>Two processes' exchanges: records go from the first to the second.</summary>
internal sealed class ExchangePair : IAsyncDisposable
{
    /// <param name="behindTap">A <see cref="Wiretap"/> will stand before the second.</param>
    public ExchangePair(ExchangeOptions? options = null, bool behindTap = false)
    {
        options ??= new ExchangeOptions();
        From = NetworkExchange.Start(options, FromLog);
        To = NetworkExchange.Start(options with { AdvertisedHost = behindTap ? Wiretap.Host : "" }, ToLog);
    }

    public LineLog FromLog { get; } = new();

    public LineLog ToLog { get; } = new();

    public NetworkExchange From { get; }

    public NetworkExchange To { get; }

    public ChannelEnd<IChannelWriter> Writer(ChannelId id) => new((wake, lost) =>
        ((IExchange)From).OpenWriter(id, To.Address, wake, lost));

    public ChannelEnd<IChannelReader> Reader(ChannelId id) => new((wake, lost) =>
        ((IExchange)To).OpenReader(id, From.Address, wake, lost));

    public static ChannelId Id(int to, int attempt = 1) => new("job", attempt, 0, 0, to);

    public static Element Batch(params long[] values) =>
        Element.Of(new ColumnBatch([FixedColumn<long>.Of(values)], values.Length));

    public async ValueTask DisposeAsync()
    {
        await From.DisposeAsync();
        await To.DisposeAsync();
    }
}

/// <summary>One end of a channel as its subtask would hold it.</summary>
internal sealed class ChannelEnd<T> where T : IDisposable
{
    private int _woken;
    private volatile MillraceException? _failure;

    public ChannelEnd(Func<Action, Action<MillraceException>, T> open) =>
        End = open(() => Interlocked.Increment(ref _woken), e =>
        {
            Assert.Null(_failure);
            _failure = e;
        });

    public T End { get; }

    public int Woken => Volatile.Read(ref _woken);

    public MillraceException? Failure => _failure;

    public MillraceException AwaitFailure()
    {
        Condition.Await(() => _failure is not null);
        return _failure!;
    }
}

internal static class Condition
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static void Await(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, Patience));
}

internal static class Reading
{
    /// <summary>The next element, once it is there.</summary>
    public static Element Next(this ChannelEnd<IChannelReader> reader)
    {
        Element element = default;
        Condition.Await(() => reader.End.TryRead(out element));
        return element;
    }

    /// <summary>The values of the next element, a batch of one column.</summary>
    public static long[] NextValues(this ChannelEnd<IChannelReader> reader)
    {
        ColumnBatch batch = reader.Next().Batch;
        long[] values = ((FixedColumn<long>)batch.Columns[0]).Values.ToArray();
        batch.Release();
        return values;
    }
}

/// <summary>Keeps what was logged at warning or above.</summary>
internal sealed class LineLog : ILogger
{
    private readonly List<string> _lines = [];

    public string[] Lines
    {
        get
        {
            lock (_lines) return [.. _lines];
        }
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        lock (_lines) _lines.Add(formatter(state, exception));
    }
}
