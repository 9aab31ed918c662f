using System.Collections.Immutable;
using Google.Protobuf;

namespace Millrace.Shared.Messages;

/// <summary>The data ports of a job's slots, by slot index, as they travel: each port once.</summary>
public static class ExchangesCodec
{
    /// <returns>Nothing where no slot has a port: all are in one process.</returns>
    public static ByteString ToBytes(IEnumerable<string> portOfSlot)
    {
        var message = new Exchanges();
        var indexes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string port in portOfSlot)
        {
            if (!indexes.TryGetValue(port, out int index))
            {
                indexes.Add(port, index = indexes.Count);
                message.Ports.Add(port);
            }
            message.PortOfSlot.Add(index);
        }
        return message.Ports.All(p => p.Length == 0) ? ByteString.Empty : message.ToByteString();
    }

    public static ImmutableArray<string> FromBytes(ByteString bytes)
    {
        Exchanges message = Exchanges.Parser.ParseFrom(bytes);
        return [.. message.PortOfSlot.Select(index => message.Ports[index])];
    }
}
