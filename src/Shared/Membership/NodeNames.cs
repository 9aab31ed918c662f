using Akka.Actor;

namespace Millrace.Shared.Membership;

/// <summary>How a node is named in messages, shard ids and files: <c>host:port</c> of its remoting.</summary>
public static class NodeNames
{
    public static string Of(Address address) => $"{address.Host}:{address.Port}";

    /// <returns>Null when the text is no host:port.</returns>
    public static (string Host, int Port)? Parse(string node)
    {
        int colon = node.LastIndexOf(':');
        return colon > 0 && int.TryParse(node.AsSpan(colon + 1), out int port) && port is > 0 and <= 65535
            ? (node[..colon], port)
            : null;
    }
}
