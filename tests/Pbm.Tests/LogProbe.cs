using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Millrace.Pbm.Tests;

/// <summary>Hears the warnings of a cluster about its command port.</summary>
internal sealed class LogProbe : ILoggerProvider, ILogger
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly BlockingCollection<string> _lines = [];

    /// <summary>Those not taken yet.</summary>
    public IReadOnlyCollection<string> Lines => [.. _lines];

    /// <summary>Waits for the next one.</summary>
    public Task<string> NextAsync() => Task.Run(
        () => _lines.TryTake(out string? line, Patience) ? line : throw new TimeoutException("No warning."));

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        string line = formatter(state, exception);
        if (logLevel == LogLevel.Warning && line.Contains("on the command port", StringComparison.Ordinal))
            _lines.Add(line);
    }

    public void Dispose()
    {
    }
}
