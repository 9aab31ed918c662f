using System.Buffers;
using System.Text;

namespace Millrace.Connectors.Formats.Json;

/// <summary>Writes a JSON value without white space, its strings with no more escapes than needed.</summary>
internal static class JsonCompact
{
    /// <param name="json">A well-formed value.</param>
    /// <param name="output">Where it is appended.</param>
    public static void Write(ReadOnlySpan<byte> json, ArrayBufferWriter<byte> output)
    {
        byte[] scratch = [];
        int position = 0;
        while (position < json.Length)
        {
            byte b = json[position];
            if (b == '"')
            {
                position += WriteText(json[position..], ref scratch, output);
                continue;
            }
            if (b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')) output.Write([b]);
            position++;
        }
    }

    private static int WriteText(ReadOnlySpan<byte> json, ref byte[] scratch, ArrayBufferWriter<byte> output)
    {
        int end = 1;
        while (json[end] != '"') end += json[end] == '\\' ? 2 : 1;
        JsonText.WriteQuoted(JsonText.Plain(json[1..end], true, ref scratch), output);
        return end + 1;
    }
}
