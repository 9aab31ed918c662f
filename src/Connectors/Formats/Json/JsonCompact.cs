using System.Buffers;
using System.Globalization;
using System.Text;
using Millrace.Operators.Functions;

namespace Millrace.Connectors.Formats.Json;

/// <summary>
/// Writes a JSON value as Jackson writes a tree: without white space, strings with no more escapes than
/// needed, fractions as Java writes a double, of a repeated member the last value in the place of the first.
/// </summary>
internal static class JsonCompact
{
    /// <param name="text">The text that the value lies in; well-formed.</param>
    /// <param name="value">Any value.</param>
    /// <param name="output">Where it is appended.</param>
    public static void Write(ReadOnlySpan<byte> text, JsonSlice value, ArrayBufferWriter<byte> output)
    {
        byte[] scratch = [];
        switch (value.Kind)
        {
            case JsonKind.Object: WriteObject(text, value, output); break;
            case JsonKind.Array: WriteArray(text, value, output); break;
            case JsonKind.Text:
                JsonText.WriteQuoted(
                    JsonText.Plain(value.Of(text), value.HasEscapes, ref scratch), output);
                break;
            case JsonKind.Fraction: output.Write(Encoding.ASCII.GetBytes(JavaDouble(value.Of(text)))); break;
            default: output.Write(value.Of(text)); break;
        }
    }

    private static void WriteObject(ReadOnlySpan<byte> text, JsonSlice value, ArrayBufferWriter<byte> output)
    {
        bool isFirst = true;
        output.Write("{"u8);
        foreach ((JsonSlice name, JsonSlice member) in JsonMembers.All(text, value))
        {
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            Write(text, name, output);
            output.Write(":"u8);
            Write(text, member, output);
        }
        output.Write("}"u8);
    }

    private static void WriteArray(ReadOnlySpan<byte> text, JsonSlice value, ArrayBufferWriter<byte> output)
    {
        bool isFirst = true;
        output.Write("["u8);
        var cursor = new JsonCursor(text, allowControls: true) { Position = value.Start };
        cursor.Open((byte)']', out bool isClosed);
        while (!isClosed)
        {
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            cursor.TryReadValue(out JsonSlice element);
            Write(text, element, output);
            cursor.TryReadNext((byte)']', out isClosed);
        }
        output.Write("]"u8);
    }

    private static string JavaDouble(ReadOnlySpan<byte> number)
    {
        double value = double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
        string text = NumberText.Shortest(value);
        return double.IsFinite(value) ? text : $"\"{text}\"";
    }
}
