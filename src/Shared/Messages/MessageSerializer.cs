using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Millrace.Shared.Messages.Events;

namespace Millrace.Shared.Messages;

/// <summary>
/// Every message and event of messages.proto and events.proto; the manifest is the message's full name, so a
/// class that is renamed in C# never breaks what is stored. Nothing else is written or read.
/// </summary>
public sealed class MessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Stored with every event; never changes.</summary>
    private const int StableId = 4201;

    private static readonly FrozenDictionary<string, MessageParser> Parsers =
        MessagesReflection.Descriptor.MessageTypes.Concat(EventsReflection.Descriptor.MessageTypes)
            .ToFrozenDictionary(d => d.FullName, d => d.Parser);

    /// <summary>The types to bind the serializer to.</summary>
    public static ImmutableArray<Type> Types { get; } =
    [
        .. MessagesReflection.Descriptor.MessageTypes.Select(d => d.ClrType),
        .. EventsReflection.Descriptor.MessageTypes.Select(d => d.ClrType),
    ];

    public override int Identifier => StableId;

    public override string Manifest(object o) =>
        o is IMessage message && Parsers.ContainsKey(message.Descriptor.FullName)
            ? message.Descriptor.FullName
            : throw new SerializationException($"{o.GetType()} is no message of Millrace.");

    public override byte[] ToBinary(object obj) => ((IMessage)obj).ToByteArray();

    public override object FromBinary(byte[] bytes, string manifest) =>
        Parsers.TryGetValue(manifest, out MessageParser? parser)
            ? parser.ParseFrom(bytes)
            : throw new SerializationException($"'{manifest}' is no message of Millrace.");
}
