using System.Text;

namespace Millrace.Connectors.Formats.Json;

/// <summary>Finds some members of JSON objects by name. One instance serves one thread.</summary>
internal sealed class JsonMembers
{
    private readonly byte[][] _names;
    private byte[] _scratch = [];

    public JsonMembers(params IEnumerable<string> names) =>
        _names = [.. names.Select(Encoding.UTF8.GetBytes)];

    /// <summary>The member's index, or -1 where it is none of those.</summary>
    public int IndexOf(ReadOnlySpan<byte> text, JsonSlice name)
    {
        ReadOnlySpan<byte> plain = JsonText.Plain(name.Of(text), name.HasEscapes, ref _scratch);
        for (int i = 0; i < _names.Length; i++)
            if (plain.SequenceEqual(_names[i])) return i;
        return -1;
    }

    /// <summary>
    /// All members of a well-formed object; of a repeated one the last value in the first's place.
    /// </summary>
    public static List<(JsonSlice Name, JsonSlice Value)> All(ReadOnlySpan<byte> text, JsonSlice value)
    {
        List<(JsonSlice, JsonSlice)> members = [];
        Dictionary<string, int> places = [];
        byte[] scratch = [];
        var cursor = new JsonCursor(text, allowControls: true) { Position = value.Start };
        cursor.Open((byte)'}', out bool isClosed);
        while (!isClosed)
        {
            cursor.TryReadName(out JsonSlice name);
            cursor.TryReadValue(out JsonSlice item);
            string key = Encoding.UTF8.GetString(JsonText.Plain(name.Of(text), name.HasEscapes, ref scratch));
            if (places.TryAdd(key, members.Count)) members.Add((name, item));
            else members[places[key]] = (name, item);
            cursor.TryReadNext((byte)'}', out isClosed);
        }
        return members;
    }

    /// <summary>Reads the object at the cursor; of a repeated member the last value counts.</summary>
    /// <param name="found">One slice a name; of kind None where the object has no such member.</param>
    /// <returns>False where the object is malformed; the cursor says why.</returns>
    public bool TryRead(ref JsonCursor cursor, ReadOnlySpan<byte> text, Span<JsonSlice> found)
    {
        found.Clear();
        cursor.Open((byte)'}', out bool isClosed);
        while (!isClosed)
        {
            if (!cursor.TryReadName(out JsonSlice name)
                || !cursor.TryReadValue(out JsonSlice value, 1)) return false;
            int index = IndexOf(text, name);
            if (index >= 0) found[index] = value;
            if (!cursor.TryReadNext((byte)'}', out isClosed)) return false;
        }
        return true;
    }
}
