using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Cluster.Hosting.SBR;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Millrace.Shared.Errors;
using Millrace.Shared.Membership;
using Millrace.Shared.Messages;

namespace Millrace.Shared.Hosting;

/// <summary>What all nodes have in common: remoting, membership, messages. Roles add themselves.</summary>
public static class NodeSetup
{
    private const string Resource = "Millrace.Shared.Hosting.node.hocon";

    public static AkkaConfigurationBuilder WithMillraceNode(
        this AkkaConfigurationBuilder builder, NodeOptions options)
    {
        if (options.Overrides.Length > 0) builder.AddHocon(options.Overrides, HoconAddMode.Prepend);
        if (options.Tls is not null) builder.AddHocon(RemotingConfig.OfTls, HoconAddMode.Append);
        return builder
            .AddHocon(DowningConfig.Of(options.Downing), HoconAddMode.Append)
            .AddHocon(ReadResource(typeof(NodeSetup), Resource), HoconAddMode.Append)
            .WithRemoting(RemotingConfig.Of(options))
            .WithClustering(new ClusterOptions
            {
                Roles = [.. options.Roles],
                LogInfo = false,
            })
            .WithStrictSerialization()
            .WithCustomSerializer(
                "millrace", MessageSerializer.Types, system => new MessageSerializer(system))
            .WithActors((system, _) => StartMembership(system, options))
            .WithActors((system, _) => system.ActorOf(Props.Create<NodeInspector>(), NodeInspector.Name));
    }

    private static void StartMembership(ActorSystem system, NodeOptions options)
    {
        var record = new ClusterRecord(options.DataFolder, options.ClusterFolder);
        var phase = new JoinPhase();
        system.ActorOf(
            Props.Create(() => new NodeWatch(options.Probe, options.IsJobManager)), NodeWatch.Name);
        system.ActorOf(
            Props.Create(() => new JoinGate(options.ClusterName, record, phase)), JoinGate.Name);
        system.ActorOf(Props.Create(() => new MemberRecorder(record)), MemberRecorder.Name);
        if (options.Ended is { } ended) NodeEnding.Observe(system, ended);
        if (options.JoinsBySelf)
            new ClusterJoin(system, options, record, phase, TimeProvider.System).Start();
    }

    /// <summary>The text of a resource of a role's assembly.</summary>
    public static string ReadResource(Type inAssembly, string name)
    {
        using Stream stream = inAssembly.Assembly.GetManifestResourceStream(name)
            ?? throw new MillraceException(ErrorKind.Bug, $"The resource {name} is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>How a node is named in messages and shard ids: <c>host:port</c>.</summary>
    public static string NodeName(ActorSystem system) => NodeNames.Of(Cluster.Get(system).SelfAddress);
}
