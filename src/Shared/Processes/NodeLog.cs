using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Millrace.Shared.Configuration;

namespace Millrace.Shared.Processes;

/// <summary>The log of a node's process: one line an event, on stdout.</summary>
public static partial class NodeLog
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    public static void Configure(ILoggingBuilder logging, ConfigValues values)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(Level(values));
        // That it did not start is said in a sentence, once.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        if (values[NodeKeys.LogFormat].OneOf("line", "json") == "json")
        {
            logging.AddJsonConsole(o =>
            {
                o.UseUtcTimestamp = true;
                o.TimestampFormat = TimeFormat.Trim();
            });
            return;
        }
        logging.Services.AddSingleton(TimeProvider.System);
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        logging.AddConsole(o => o.FormatterName = LineFormatter.FormatName);
    }

    /// <summary>For what lives outside the actor system; the caller disposes it.</summary>
    public static ILoggerFactory NewFactory(ConfigValues values) =>
        LoggerFactory.Create(logging => Configure(logging, values));

    public static Akka.Event.LogLevel AkkaLevel(ConfigValues values) => Level(values) switch
    {
        LogLevel.Trace or LogLevel.Debug => Akka.Event.LogLevel.DebugLevel,
        LogLevel.Information => Akka.Event.LogLevel.InfoLevel,
        LogLevel.Warning => Akka.Event.LogLevel.WarningLevel,
        _ => Akka.Event.LogLevel.ErrorLevel,
    };

    public static void Starts(ILogger log, string program, string node, ConfigValues values)
    {
        if (log.IsEnabled(LogLevel.Information))
            Starts(log, program, node, Environment.ProcessId, values.Summary);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Program} {Node} starts, pid {Pid}: {Settings}")]
    private static partial void Starts(ILogger log, string program, string node, int pid, string settings);

    /// <summary>The last line of a node that was asked to stop; others end with a sentence on stderr.</summary>
    public static void Stopped(ILoggerFactory logs, string program)
    {
        ILogger log = logs.CreateLogger(program);
        Stopped(log, program);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Program} has stopped in order")]
    private static partial void Stopped(ILogger log, string program);

    private static LogLevel Level(ConfigValues values) => Enum.Parse<LogLevel>(
        values[NodeKeys.LogLevel].OneOf("Trace", "Debug", "Information", "Warning", "Error"));
}
