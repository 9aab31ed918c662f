using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Millrace.CommandProtocol;

/// <summary>Frames to JSON and back.</summary>
public static class FrameCodec
{
    private static readonly FrameContext Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        // For terminals and files, never for HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 64,
    });

    public static byte[] Encode(ClientFrame frame) =>
        JsonSerializer.SerializeToUtf8Bytes(frame, Context.ClientFrame);

    public static byte[] Encode(ServerFrame frame) =>
        JsonSerializer.SerializeToUtf8Bytes(frame, Context.ServerFrame);

    /// <exception cref="JsonException">This is not JSON, or no frame.</exception>
    public static ClientFrame DecodeClient(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, Context.ClientFrame)
        ?? throw new JsonException("A frame is an object.");

    /// <exception cref="JsonException">This is not JSON, or no frame.</exception>
    public static ServerFrame DecodeServer(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, Context.ServerFrame)
        ?? throw new JsonException("A frame is an object.");

    /// <summary>A document on one line.</summary>
    public static string ToText(JsonNode? data) =>
        data is null ? "null" : JsonSerializer.Serialize(data, Context.JsonNode);
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ClientFrame))]
[JsonSerializable(typeof(ServerFrame))]
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class FrameContext : JsonSerializerContext;
