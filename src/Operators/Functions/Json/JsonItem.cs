using System.Runtime.InteropServices;
using System.Text.Json;

namespace Millrace.Operators.Functions.Json;

/// <summary>
/// A value that a path gives: an element of the document, or what the path itself made (a list of matches, an
/// object of several members, the number of a function). Valid as long as its document is.
/// </summary>
internal readonly struct JsonItem
{
    private readonly JsonElement _element;
    private readonly IReadOnlyList<JsonItem>? _items;
    private readonly IReadOnlyList<KeyValuePair<string, JsonItem>>? _members;

    private JsonItem(
        JsonValueKind kind,
        JsonElement element = default,
        IReadOnlyList<JsonItem>? items = null,
        IReadOnlyList<KeyValuePair<string, JsonItem>>? members = null,
        string? text = null)
    {
        Kind = kind;
        _element = element;
        _items = items;
        _members = members;
        Made = text;
    }

    public static JsonItem Null { get; } = new(JsonValueKind.Null);

    public static JsonItem Of(JsonElement element) => new(element.ValueKind, element);

    public static JsonItem List(IReadOnlyList<JsonItem> items) => new(JsonValueKind.Array, items: items);

    public static JsonItem Object(IReadOnlyList<KeyValuePair<string, JsonItem>> members) =>
        new(JsonValueKind.Object, members: members);

    /// <param name="number">As a JSON number.</param>
    public static JsonItem Number(string number) => new(JsonValueKind.Number, text: number);

    public static JsonItem Text(string text) => new(JsonValueKind.String, text: text);

    public JsonValueKind Kind { get; }

    /// <summary>The text or number of a value that is not of the document.</summary>
    private string? Made { get; }

    public bool IsNull => Kind is JsonValueKind.Null or JsonValueKind.Undefined;

    public bool IsScalar => Kind is not (JsonValueKind.Array or JsonValueKind.Object);

    /// <summary>The elements of an array.</summary>
    public IReadOnlyList<JsonItem> Items() =>
        _items ?? [.. _element.EnumerateArray().Select(Of)];

    /// <summary>
    /// The members of an object; of equal names the last one counts, at the place of the first.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, JsonItem>> Members()
    {
        if (_members is not null) return _members;
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var members = new List<KeyValuePair<string, JsonItem>>();
        foreach (JsonProperty property in _element.EnumerateObject())
        {
            var member = KeyValuePair.Create(property.Name, Of(property.Value));
            if (places.TryAdd(property.Name, members.Count)) members.Add(member);
            else members[places[property.Name]] = member;
        }
        return members;
    }

    /// <summary>The member of that name of an object.</summary>
    public bool TryGetMember(string name, out JsonItem value)
    {
        value = Null;
        if (_members is null)
        {
            bool found = _element.TryGetProperty(name, out JsonElement element);
            if (found) value = Of(element);
            return found;
        }
        foreach ((string other, JsonItem item) in _members)
        {
            if (other != name) continue;
            value = item;
            return true;
        }
        return false;
    }

    /// <summary>Appends a scalar as text: a string without its quotes, a number with its digits.</summary>
    public void AppendText(TextBuffer output)
    {
        switch (Kind)
        {
            case JsonValueKind.String when Made is not null:
                output.Append(System.Text.Encoding.UTF8.GetBytes(Made)); break;
            case JsonValueKind.String: JsonStrings.AppendUnescaped(Raw()[1..^1], output); break;
            case JsonValueKind.Number: JsonNumbers.Append(NumberBytes(), output); break;
            case JsonValueKind.True: output.Append("true"u8); break;
            case JsonValueKind.False: output.Append("false"u8); break;
            default: output.Append("null"u8); break;
        }
    }

    /// <summary>Appends the value as JSON: no blanks, members by name.</summary>
    public void AppendJson(TextBuffer output)
    {
        switch (Kind)
        {
            case JsonValueKind.Array: AppendArray(output); break;
            case JsonValueKind.Object: AppendObject(output); break;
            case JsonValueKind.String: AppendString(output); break;
            default: AppendText(output); break;
        }
    }

    /// <summary>The digits of a number.</summary>
    public ReadOnlySpan<byte> NumberBytes() =>
        Made is null ? Raw() : System.Text.Encoding.UTF8.GetBytes(Made);

    private ReadOnlySpan<byte> Raw() => JsonMarshal.GetRawUtf8Value(_element);

    private void AppendString(TextBuffer output)
    {
        var text = new TextBuffer();
        AppendText(text);
        JsonStrings.AppendQuoted(text.Written, output);
    }

    private void AppendArray(TextBuffer output)
    {
        output.Append("["u8);
        bool isFirst = true;
        foreach (JsonItem item in Items())
        {
            if (!isFirst) output.Append(","u8);
            isFirst = false;
            item.AppendJson(output);
        }
        output.Append("]"u8);
    }

    private void AppendObject(TextBuffer output)
    {
        output.Append("{"u8);
        bool isFirst = true;
        foreach ((string name, JsonItem value) in Members().OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            if (!isFirst) output.Append(","u8);
            isFirst = false;
            JsonStrings.AppendQuoted(System.Text.Encoding.UTF8.GetBytes(name), output);
            output.Append(":"u8);
            value.AppendJson(output);
        }
        output.Append("}"u8);
    }
}
