using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using Akka.Hosting.Logging;
using Microsoft.Extensions.Logging;
using Millrace.Shared.Secrets;
using MelLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Millrace.Shared.Processes;

/// <summary>
/// Brings what actors log to the process's log. Akka's own information, and what its remoting says about
/// connections that come and go (the node watch says what that means), is for those who look into it: it
/// counts as debugging.
/// </summary>
internal sealed class NodeEventLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly Dictionary<Type, ILogger> _loggers = [];
    private readonly ILoggerFactory _factory;

    public NodeEventLogger()
    {
        _factory = Context.System.Settings.Setup.Get<LoggerFactorySetup>().Value.LoggerFactory;
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(Write);
    }

    private void Write(LogEvent entry)
    {
        MelLevel level = LevelOf(entry);
        ILogger logger = LoggerOf(entry.LogClass);
        if (logger.IsEnabled(level))
            logger.Log(
                level, default, entry, entry.Cause,
                static (e, _) => SecretMask.Apply(e.Message.ToString() ?? ""));
    }

    private static MelLevel LevelOf(LogEvent entry) => entry.LogLevel() switch
    {
        Akka.Event.LogLevel.ErrorLevel => LevelOfError(entry),
        Akka.Event.LogLevel.WarningLevel when !IsChatter(entry.LogClass) => MelLevel.Warning,
        Akka.Event.LogLevel.InfoLevel when !IsIn(entry.LogClass, "Akka") => MelLevel.Information,
        _ => MelLevel.Debug,
    };

    private static MelLevel LevelOfError(LogEvent entry)
    {
        // Why remoting does not start is what the program ends with.
        bool isTold = IsIn(entry.Cause?.GetType(), "Akka.Remote")
            || entry.LogClass == typeof(DummyClassForStringSources);
        if (isTold || IsOfTheEnd(entry)) return MelLevel.Debug;
        return IsIn(entry.LogClass, "Akka.Remote.Transport") ? MelLevel.Warning : MelLevel.Error;
    }

    /// <summary>Actors that still start while the system ends are refused what they need.</summary>
    private static bool IsOfTheEnd(LogEvent entry) =>
        entry.Cause is ActorInitializationException or InvalidOperationException
        && CoordinatedShutdown.Get(Context.System).ShutdownReason is not null;

    /// <summary>Of parts that try again and say so each time; remoting also logs under a text as its
    /// source.</summary>
    private static bool IsChatter(Type type) =>
        IsIn(type, "Akka.Remote") || IsIn(type, "Akka.Cluster.Sharding")
        || type == typeof(DummyClassForStringSources);

    private static bool IsIn(Type? type, string space) =>
        type?.Namespace?.StartsWith(space, StringComparison.Ordinal) == true;

    private ILogger LoggerOf(Type type)
    {
        if (!_loggers.TryGetValue(type, out ILogger? logger))
            _loggers[type] = logger = _factory.CreateLogger(type.Name);
        return logger;
    }
}
