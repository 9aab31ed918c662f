using System.Collections;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Akka.TestKit.Xunit2;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.JobManager.Tests;

public sealed class MessageSerializerTests : TestKit
{
    private readonly MessageSerializer _serializer;

    public MessageSerializerTests() : base(ConfigurationFactory.Empty) =>
        _serializer = new MessageSerializer((ExtendedActorSystem)Sys);

    [Fact]
    public void Every_message_comes_back_as_it_was() => Assert.All(MessageSerializer.Types, ComesBack);

    private void ComesBack(Type type)
    {
        IMessage message = Filled((IMessage)Activator.CreateInstance(type)!, depth: 0);
        string manifest = _serializer.Manifest(message);
        object back = _serializer.FromBinary(_serializer.ToBinary(message), manifest);
        Assert.Equal(message, back);
        Assert.Equal(message.Descriptor.FullName, manifest);
        Assert.StartsWith("millrace.", manifest, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_manifest_is_refused()
    {
        Assert.Throws<SerializationException>(() => _serializer.FromBinary([], "System.Object"));
        Assert.Throws<SerializationException>(() => _serializer.Manifest("text"));
        Assert.Throws<SerializationException>(
            () => _serializer.Manifest(new Google.Protobuf.WellKnownTypes.Empty()));
    }

    /// <summary>A value in every field, so that a field lost on the way is seen.</summary>
    private static IMessage Filled(IMessage message, int depth)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (depth > 3) break;
            if (field.IsMap) ((IDictionary)field.Accessor.GetValue(message))["metric"] = 1.5;
            else if (field.IsRepeated) ((IList)field.Accessor.GetValue(message)).Add(Sample(field, depth));
            else field.Accessor.SetValue(message, Sample(field, depth));
        }
        return message;
    }

    private static object Sample(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.String => $"text {field.Name}",
        FieldType.Bytes => ByteString.CopyFromUtf8(field.Name),
        FieldType.Int32 => field.FieldNumber + 1,
        FieldType.Int64 => field.FieldNumber + 5_000_000_000,
        FieldType.Bool => true,
        FieldType.Double => 0.5,
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, 1),
        FieldType.Message => Filled(field.MessageType.Parser.ParseFrom(Array.Empty<byte>()), depth + 1),
        _ => throw new NotSupportedException(field.FieldType.ToString()),
    };
}
