using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Millrace.JobManager.Tests.Journals;

/// <summary>What nodes log from warnings upwards, one entry an event.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(string Text, Exception? Cause)> _entries = new();

    public IReadOnlyCollection<(string Text, Exception? Cause)> Entries => _entries;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) _entries.Enqueue((formatter(state, exception), exception));
    }

    public void Dispose()
    {
    }
}
