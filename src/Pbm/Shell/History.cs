namespace Millrace.Pbm.Shell;

/// <summary>
/// The lines of earlier, walked by the arrow keys; what was being typed comes back at the end.
/// </summary>
internal sealed class History
{
    /// <summary>The oldest lines go first.</summary>
    public const int MaxLines = 1000;

    private static readonly string[] PrivateWords = ["password", "secret", "token"];

    private readonly List<string> _lines;
    private int _at;
    private string _draft = "";

    public History(IEnumerable<string> lines)
    {
        _lines = [.. lines.TakeLast(MaxLines)];
        _at = _lines.Count;
    }

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>A line that holds a secret, or is that before it, is not remembered.</summary>
    public void Add(string line)
    {
        bool isPrivate = PrivateWords.Any(w => line.Contains(w, StringComparison.OrdinalIgnoreCase));
        bool isNew = _lines.Count == 0 || _lines[^1] != line;
        if (line.Trim().Length > 0 && isNew && !isPrivate) _lines.Add(line);
        if (_lines.Count > MaxLines) _lines.RemoveAt(0);
        _at = _lines.Count;
        _draft = "";
    }

    /// <param name="current">What is being typed.</param>
    /// <returns>The line before, or null at the first.</returns>
    public string? Previous(string current)
    {
        if (_at == 0) return null;
        if (_at == _lines.Count) _draft = current;
        return _lines[--_at];
    }

    /// <returns>The line after, in the end what was being typed; null there.</returns>
    public string? Next()
    {
        if (_at == _lines.Count) return null;
        return ++_at == _lines.Count ? _draft : _lines[_at];
    }
}
