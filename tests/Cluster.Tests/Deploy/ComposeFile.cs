using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Millrace.Cluster.Tests.Deploy;

/// <summary>What deploy/compose.yaml says of the services that are nodes of the cluster.</summary>
internal static class ComposeFile
{
    public static IReadOnlyList<ComposeService> Nodes { get; } = Read();

    private static List<ComposeService> Read()
    {
        using StreamReader text = File.OpenText(Path.Combine(Repository.Root, "deploy", "compose.yaml"));
        var root = new Deserializer().Deserialize<Dictionary<string, object>>(
            new MergingParser(new Parser(text)));
        return
        [
            .. Map(root["services"]).Select(s => (s.Key, Service: Map(s.Value)))
                .Where(s => s.Service.ContainsKey("command"))
                .Select(s => new ComposeService(
                    s.Key, List(s.Service["command"]).Single(), (string)s.Service["hostname"],
                    Map(s.Service["environment"]).ToDictionary(e => e.Key, e => (string)e.Value),
                    s.Service.TryGetValue("ports", out object? ports) ? List(ports) : [])),
        ];
    }

    private static Dictionary<string, object> Map(object node) =>
        ((Dictionary<object, object>)node).ToDictionary(e => (string)e.Key, e => e.Value);

    private static List<string> List(object node) => [.. ((List<object>)node).Cast<string>()];
}

/// <param name="Program">jobmanager or taskmanager.</param>
/// <param name="Ports">That are published: host:port:port.</param>
internal sealed record ComposeService(
    string Name, string Program, string Host, IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<string> Ports);
