using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.CommandProtocol;
using Millrace.Shared.Secrets;

namespace Millrace.JobManager.Commands;

/// <summary>The one way out of a command server: no text leaves it with a secret in it.</summary>
internal static class MaskedFrame
{
    public static ServerFrame Of(ServerFrame frame) => frame with
    {
        Note = frame.Note is { } note ? new Note(SecretMask.Apply(note.Text)) : null,
        View = frame.View is { } view ? new View(Masked(view.Data)) : null,
        Result = frame.Result is { } result
            ? new Result(Masked(result.Data), result.Failure is { } f ? SecretMask.Apply(f) : null)
            : null,
        Refused = frame.Refused is { } refused
            ? refused with { Message = SecretMask.Apply(refused.Message) }
            : null,
    };

    private static JsonNode? Masked(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(
            members.Select(m => KeyValuePair.Create(m.Key, Member(m.Key, m.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Masked)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String =>
            JsonValue.Create(SecretMask.Apply(value.GetValue<string>())),
        _ => node?.DeepClone(),
    };

    private static JsonNode? Member(string name, JsonNode? value) =>
        value is JsonValue && SecretMask.IsSecret(name) ? JsonValue.Create(SecretMask.Mask) : Masked(value);
}
