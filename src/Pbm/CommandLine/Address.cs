using System.Globalization;

namespace Millrace.Pbm.CommandLine;

/// <summary>A command port.</summary>
internal sealed record Address(string Host, int Port)
{
    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary><c>host:port[,host:port…]</c>.</summary>
    /// <exception cref="PbmException">Usage: it is no such list.</exception>
    public static IReadOnlyList<Address> ParseList(string text) => [.. text.Split(',').Select(Parse)];

    private static Address Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon > 0 ? text[..colon].TrimStart('[').TrimEnd(']') : "";
        bool isPort = int.TryParse(
            text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port);
        return host.Length > 0 && isPort && port is > 0 and <= ushort.MaxValue
            ? new Address(host, port)
            : throw PbmException.Usage($"'{text}' is no address; write host:port.");
    }
}
