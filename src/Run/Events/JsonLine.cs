using System.Buffers.Text;

namespace Millrace.Run.Events;

/// <summary>
/// One JSON object a line as UTF-8 bytes, in a buffer that is used again for the next line.
/// </summary>
/// <remarks>Names and texts are copied as they are: the caller has made sure that they need no escape.
/// Between <see cref="BeginPayload"/> and <see cref="EndPayload"/> fields go into an object that is itself
/// the text of a field, so its quotes are escaped. Not for several threads.</remarks>
internal sealed class JsonLine
{
    // Longer than any line: about 40 fields, each name and value bounded by the tokens of the input.
    private readonly byte[] _bytes = new byte[64 * 1024];
    private int _length;
    private bool _inPayload;
    private bool _first;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public void Begin()
    {
        _length = 0;
        _first = true;
        Raw("{"u8);
    }

    public void End() => Raw("}\n"u8);

    public void BeginPayload(ReadOnlySpan<byte> name)
    {
        Name(name);
        Raw("\"{"u8);
        _inPayload = true;
        _first = true;
    }

    public void EndPayload()
    {
        _inPayload = false;
        Raw("}\""u8);
    }

    public void Text(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(name);
        Quote();
        Raw(value);
        Quote();
    }

    /// <summary>A number as JSON text: ids in payloads are strings.</summary>
    public void TextNumber(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        Quote();
        Number(value);
        Quote();
    }

    public void Number(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        Number(value);
    }

    /// <summary><c>{kind as 8 hex digits}-0000-4000-8000-{n as 12 hex digits}</c>.</summary>
    public void Uuid(ReadOnlySpan<byte> name, int kind, long n)
    {
        Name(name);
        Quote();
        Utf8Formatter.TryFormat(kind, _bytes.AsSpan(_length), out int written, new('x', 8));
        _length += written;
        Raw("-0000-4000-8000-"u8);
        Utf8Formatter.TryFormat(n, _bytes.AsSpan(_length), out written, new('x', 12));
        _length += written;
        Quote();
    }

    /// <summary>A field whose value is JSON already: null, an empty list.</summary>
    public void Json(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(name);
        Raw(value);
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        if (!_first)
            Raw(","u8);
        _first = false;
        Quote();
        Raw(name);
        Quote();
        Raw(":"u8);
    }

    private void Quote() => Raw(_inPayload ? "\\\""u8 : "\""u8);

    private void Number(long value)
    {
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(_length), out int written);
        _length += written;
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }
}
