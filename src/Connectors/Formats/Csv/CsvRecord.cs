using System.Text.Unicode;

namespace Millrace.Connectors.Formats.Csv;

/// <summary>
/// Takes one record apart into its fields, without quotes and escapes. Reused from record to record.
/// </summary>
internal sealed class CsvRecord(CsvFormatOptions options)
{
    private byte[] _text = new byte[256];
    private int _length;
    private readonly List<CsvField> _fields = [];

    /// <summary>The fields' characters, one after the other.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _length);

    public IReadOnlyList<CsvField> Fields => _fields;

    /// <summary>What is wrong with the record, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>Reads the record at the front of the data.</summary>
    /// <returns>Its length with the line feed that ends it; 0 where the data ends first.</returns>
    public int Read(ReadOnlySpan<byte> data)
    {
        _length = 0;
        _fields.Clear();
        Error = null;
        int position = 0;
        do
        {
            position = ReadField(data, position);
            if (position >= data.Length) return 0;
        }
        while (data[position++] != '\n');
        if (!Utf8.IsValid(Text)) Error = "the line is not valid UTF-8";
        return position;
    }

    /// <returns>Where the delimiter or line feed is; the data's length where there is none.</returns>
    private int ReadField(ReadOnlySpan<byte> data, int position)
    {
        int start = _length;
        bool isQuoted = options.Quote != 0 && position < data.Length && data[position] == options.Quote;
        position = isQuoted ? ReadQuoted(data, position + 1) : position;
        while (position < data.Length && data[position] != options.Delimiter && data[position] != '\n')
            position = TakeByte(data, position);
        bool endsInReturn = position < data.Length && data[position] == '\n' && _length > start
            && _text[_length - 1] == '\r';
        if (endsInReturn) _length--;
        _fields.Add(new CsvField(start, _length - start, isQuoted));
        return position;
    }

    private int ReadQuoted(ReadOnlySpan<byte> data, int position)
    {
        while (position < data.Length)
        {
            if (data[position] != options.Quote)
            {
                position = TakeByte(data, position);
                continue;
            }
            bool isDoubled = position + 1 < data.Length && data[position + 1] == options.Quote;
            if (!isDoubled) return position + 1;
            Append(options.Quote);
            position += 2;
        }
        return position;
    }

    private int TakeByte(ReadOnlySpan<byte> data, int position)
    {
        if (options.Escape != 0 && data[position] == options.Escape && position + 1 < data.Length) position++;
        Append(data[position]);
        return position + 1;
    }

    private void Append(byte b)
    {
        if (_length == _text.Length) Array.Resize(ref _text, 2 * _length);
        _text[_length++] = b;
    }
}

/// <summary>Where a field lies in the record's text.</summary>
/// <param name="IsQuoted">It was in quotes, so a line of it alone is not blank.</param>
internal readonly record struct CsvField(int Start, int Length, bool IsQuoted);
