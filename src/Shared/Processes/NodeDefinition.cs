using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Logging;
using Millrace.Shared.Configuration;
using Millrace.Shared.Hosting;

namespace Millrace.Shared.Processes;

/// <summary>What makes one program differ from the other.</summary>
/// <param name="Build">Checks the values and makes the parts; throws what the user did wrong.</param>
public sealed record NodeDefinition(
    string Name, string Purpose, ConfigTable Keys, Func<ConfigValues, ILoggerFactory, NodeParts> Build);

/// <summary>What the process is made of, once its configuration is known.</summary>
public sealed record NodeParts : IAsyncDisposable
{
    public required NodeOptions Node { get; init; }

    /// <summary>Adds the role to the actor system.</summary>
    public required Action<AkkaConfigurationBuilder> AddRole { get; init; }

    /// <summary>Opens the ports beside remoting's when the actor system runs; returns them by
    /// purpose.</summary>
    public Func<ActorSystem, IEnumerable<KeyValuePair<string, int>>> OpenPorts { get; init; } = _ => [];

    /// <summary>Ends when the node does its work.</summary>
    public required Func<ActorSystem, CancellationToken, Task> Ready { get; init; }

    /// <summary>Frees what the process made outside the actor system, after that has stopped.</summary>
    public Func<ValueTask> Stop { get; init; } = () => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => Stop();
}
