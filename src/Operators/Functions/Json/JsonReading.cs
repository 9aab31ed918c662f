using System.Text.Json;
using Millrace.Operators.Functions.Json.Paths;

namespace Millrace.Operators.Functions.Json;

/// <summary>What reading a path from a text came to; holds the document that its value lies in.</summary>
internal readonly struct JsonReading : IDisposable
{
    private readonly JsonDocument? _document;

    private JsonReading(bool isFailed, JsonItem item, JsonDocument? document)
    {
        IsFailed = isFailed;
        Item = item;
        _document = document;
    }

    /// <summary>
    /// An error, which ON ERROR decides about: only in strict mode, or for a text that is no path.
    /// </summary>
    public bool IsFailed { get; }

    /// <summary>The value; NULL where the path leads nowhere in lax mode.</summary>
    public JsonItem Item { get; }

    public static JsonReading Read(JsonPath path, ReadOnlySpan<byte> text)
    {
        if (!path.IsValid) return new JsonReading(true, JsonItem.Null, null);
        JsonDocument? document = JsonTexts.TryParse(text);
        if (document is null) return new JsonReading(!path.IsLax, JsonItem.Null, null);
        JsonItem root = JsonItem.Of(document.RootElement);
        bool found = PathEvaluator.TryRead(path.Tokens, root, root, path.IsLax, out JsonItem item);
        if (!found) item = JsonItem.Null;
        // A null in strict mode is an error as well: Flink asks for a value that is not empty.
        return new JsonReading(!path.IsLax && item.IsNull, item, document);
    }

    public void Dispose() => _document?.Dispose();
}
