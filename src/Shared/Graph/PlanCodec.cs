using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Millrace.Shared.Errors;

namespace Millrace.Shared.Graph;

/// <summary>
/// A job graph as bytes and back (JSON). Operator plans are polymorphic; only kinds that were registered can
/// be read, so nothing is deserialized that is not a registered type.
/// </summary>
public sealed class PlanCodec
{
    private readonly JsonSerializerOptions _options;

    /// <param name="plans">Every plan record with its stable name.</param>
    public PlanCodec(params IEnumerable<(string Name, Type Plan)> plans)
    {
        var known = plans.ToList();
        var resolver = new DefaultJsonTypeInfoResolver();
        resolver.Modifiers.Add(info =>
        {
            if (info.Type != typeof(OperatorPlan)) return;
            info.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "plan" };
            foreach ((string name, Type plan) in known)
                info.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(plan, name));
        });
        _options = new JsonSerializerOptions
        {
            TypeInfoResolver = resolver,
            MaxDepth = 256,
            IgnoreReadOnlyProperties = true,
            Converters = { new OptionalArrayConverter() },
        };
    }

    public byte[] Encode(JobGraph graph) => JsonSerializer.SerializeToUtf8Bytes(graph, _options);

    /// <exception cref="MillraceException">
    /// Corrupt: the bytes are no job graph, or name an unknown plan.
    /// </exception>
    public JobGraph Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<JobGraph>(bytes, _options)
                ?? throw new MillraceException(ErrorKind.Corrupt, "The stored job graph is null.");
        }
        catch (JsonException e)
        {
            throw new MillraceException(
                ErrorKind.Corrupt, $"The stored job graph cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>An array of texts that may be absent: null stands for the default array.</summary>
internal sealed class OptionalArrayConverter : JsonConverter<ImmutableArray<string>>
{
    public override bool HandleNull => true;

    public override ImmutableArray<string> Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<string[]>(ref reader, options) is { } texts ? [.. texts] : default;

    public override void Write(
        Utf8JsonWriter writer, ImmutableArray<string> value, JsonSerializerOptions options)
    {
        if (value.IsDefault)
        {
            writer.WriteNullValue();
            return;
        }
        writer.WriteStartArray();
        foreach (string text in value) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
