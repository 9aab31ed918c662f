using System.Text;

namespace Millrace.Operators.Functions.Temporal;

/// <summary>
/// What is compiled from a text argument, kept for the last text and for up to <see cref="MaxEntries"/>
/// others; past that all are forgotten. One thread at a time.
/// </summary>
internal sealed class PatternCache<T>(Func<string, T> compile) where T : class
{
    private const int MaxEntries = 256;

    private readonly Dictionary<string, T> _compiled = [];
    private byte[] _lastText = [];
    private T? _last;

    public T Of(ReadOnlySpan<byte> text)
    {
        if (_last is { } last && text.SequenceEqual(_lastText)) return last;
        string key = Encoding.UTF8.GetString(text);
        if (!_compiled.TryGetValue(key, out T? compiled))
        {
            if (_compiled.Count == MaxEntries) _compiled.Clear();
            compiled = compile(key);
            _compiled.Add(key, compiled);
        }
        _lastText = text.ToArray();
        _last = compiled;
        return compiled;
    }
}
