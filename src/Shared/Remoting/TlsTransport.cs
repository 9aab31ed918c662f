using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote.Transport;
using Akka.Remote.Transport.DotNetty;
using Millrace.Shared.Hosting;

namespace Millrace.Shared.Remoting;

/// <summary>
/// Akka's TCP transport under TLS, with an actor system of its own. Akka shuts down the system of a transport
/// whose greeting of another node fails, be it that the other one dies in the middle of it or is a stranger,
/// and it can't be told not to. In this system nothing runs and nothing ends, so the node goes on as after
/// any other connection that can't be made. What the transport logs comes to the node by
/// <see cref="TransportLog"/>.
/// </summary>
internal sealed class TlsTransport : Transport
{
    private const string Driver = "Akka.Remote.Transport.DotNetty.TcpTransport, Akka.Remote";
    private const string Resource = "Millrace.Shared.Remoting.transport.hocon";

    private readonly Transport _driver;

    /// <summary>Called by Akka.</summary>
    /// <param name="system">The node.</param>
    /// <param name="config">The transport's section of the node's configuration.</param>
    public TlsTransport(ActorSystem system, Config config)
    {
        System = system;
        Config = config;
        ActorSystem aside = ActorSystem.Create(system.Name, SetupAside(system));
        system.RegisterOnTermination(() => aside.Terminate());
        Type driver = Type.GetType(Driver, throwOnError: true)!;
        _driver = (Transport)Activator.CreateInstance(driver, aside, config)!;
    }

    public override string SchemeIdentifier => _driver.SchemeIdentifier;

    public override long MaximumPayloadBytes => _driver.MaximumPayloadBytes;

    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() =>
        _driver.Listen();

    public override bool IsResponsibleFor(Address remote) => _driver.IsResponsibleFor(remote);

    public override Task<AssociationHandle> Associate(Address remoteAddress) =>
        _driver.Associate(remoteAddress);

    public override Task<bool> Shutdown() => _driver.Shutdown();

    public override Task<bool> ManagementCommand(object message) => _driver.ManagementCommand(message);

    private static ActorSystemSetup SetupAside(ActorSystem system)
    {
        Config config = ConfigurationFactory
            .ParseString($"akka.loglevel = {system.Settings.LogLevel}")
            .WithFallback(NodeSetup.ReadResource(typeof(TlsTransport), Resource));
        return BootstrapSetup.Create().WithConfig(config)
            .And(system.Settings.Setup.Get<DotNettySslSetup>().Value)
            .And(new TransportOwner(system));
    }
}

/// <summary>The node that a transport's actor system belongs to.</summary>
internal sealed class TransportOwner(ActorSystem node) : Setup
{
    public ActorSystem Node { get; } = node;
}
