using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Millrace.Shared.Secrets;

namespace Millrace.Shared.Processes;

/// <summary>One event a line: <c>2026-01-02T03:04:05.678Z WARN JobManagerActor: text</c>.</summary>
internal sealed class LineFormatter(TimeProvider time) : ConsoleFormatter(FormatName)
{
    public const string FormatName = "millrace-line";

    public override void Write<TState>(
        in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string text = logEntry.Formatter(logEntry.State, logEntry.Exception);
        if (logEntry.Exception is { } e) text += $" {e}";
        textWriter.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {Word(logEntry.LogLevel)} "
            + $"{logEntry.Category}: ")
            + SecretMask.Apply(text).ReplaceLineEndings(" | "));
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        _ => "ERROR",
    };
}
