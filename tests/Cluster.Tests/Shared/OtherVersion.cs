using Akka.Actor;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Millrace.Shared.Hosting;
using Millrace.Shared.Messages;

namespace Millrace.Cluster.Tests.Shared;

/// <summary>What a member of a later version would be: it speaks another protocol, and refuses this one.
/// </summary>
internal sealed class OtherVersion : IAsyncDisposable
{
    private const int Protocol = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IHost _host;

    private OtherVersion(IHost host) => _host = host;

    /// <summary>host:port of its remoting.</summary>
    public string Address =>
        ((ExtendedActorSystem)System).Provider.DefaultAddress is var self ? $"{self.Host}:{self.Port}" : "";

    private ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    public static async Task<OtherVersion> StartAsync()
    {
        HostApplicationBuilder builder =
            Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddAkka(NodeOptions.SystemName, akka => akka
            .ConfigureLoggers(loggers => loggers.ClearLoggers())
            .AddHocon("akka.stdout-loglevel = off", HoconAddMode.Prepend)
            .WithRemoting(new RemoteOptions { HostName = "127.0.0.1", Port = 0 })
            .WithStrictSerialization()
            .WithCustomSerializer(
                "millrace", MessageSerializer.Types, system => new MessageSerializer(system))
            .WithActors((system, _) => system.ActorOf(Props.Create<Gate>(), "join")));
        IHost host = builder.Build();
        await host.StartAsync();
        return new OtherVersion(host);
    }

    /// <summary>Asks a member of this version to be let in.</summary>
    public Task<JoinAnswer> AskAsync(string member) => System
        .ActorSelection($"akka.tcp://{NodeOptions.SystemName}@{member}/user/join")
        .Ask<JoinAnswer>(
            new AskToJoin { Cluster = "millrace", Protocol = Protocol, Node = Address }, Patience);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private sealed class Gate : ReceiveActor
    {
        public Gate() => Receive<AskToJoin>(ask => Sender.Tell(new JoinAnswer
        {
            Kind = JoinAnswerKind.JoinRefused,
            Reason = $"it speaks protocol {ask.Protocol}, this cluster {Protocol}",
        }));
    }
}
