namespace Millrace.Operators.Functions.Strings;

/// <summary>
/// What was compiled from the last pattern: a constant pattern, or one that repeats from row to row, is
/// compiled once. One per compiled call; one thread at a time.
/// </summary>
internal sealed class PatternCache<T>(Func<byte[], T> compile)
{
    private byte[]? _pattern;
    private T _compiled = default!;

    public T Get(ReadOnlySpan<byte> pattern)
    {
        if (_pattern is not null && pattern.SequenceEqual(_pattern)) return _compiled;
        byte[] copy = pattern.ToArray();
        _compiled = compile(copy);
        _pattern = copy;
        return _compiled;
    }
}
