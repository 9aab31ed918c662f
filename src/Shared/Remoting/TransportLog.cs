using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace Millrace.Shared.Remoting;

/// <summary>
/// Passes what a <see cref="TlsTransport"/> logs on to its node. Who can't be spoken with by TLS is told of
/// in one line, and then no more as long as <see cref="RepeatedNews"/> says: a node that is not let in asks on.
/// </summary>
internal sealed class TransportLog : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly RepeatedNews _news = new(TimeProvider.System);
    private readonly ActorSystem _node;
    private readonly ILoggingAdapter _log;

    public TransportLog()
    {
        _node = Context.System.Settings.Setup.Get<TransportOwner>().Value.Node;
        _log = Logging.GetLogger(_node, typeof(TlsTransport));
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(PassOn);
    }

    private void PassOn(LogEvent entry)
    {
        if (TlsFailure.Of(entry) is not { } failure)
            _node.EventStream.Publish(entry);
        else if (_log.IsEnabled(failure.Level) && _news.IsNew(failure.News))
            _log.Log(failure.Level, null, "No TLS with {0}: {1}", failure.Peer, failure.Reason);
    }
}
