using Akka.Event;

namespace Millrace.Shared.Hosting;

/// <summary>Stands in for the logger to which Akka changes when it has stopped those of the node.</summary>
internal sealed class SilentLogger : MinimalLogger
{
    protected override void Log(object message)
    {
    }
}
