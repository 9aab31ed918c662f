using System.Globalization;
using System.Text;

namespace Millrace.Operators.Functions.Json.Paths;

/// <summary>Reads paths; a text that is none gives null.</summary>
internal ref struct PathParser
{
    private readonly string _text;
    private int _at;

    private PathParser(string text, int start)
    {
        _text = text;
        _at = start;
    }

    /// <param name="text">A path; without <c>$</c> in front it is taken as a member of the root.</param>
    public static PathToken[]? TryParse(string text)
    {
        if (text.Length == 0) return null;
        if (text[0] != '$') text = "$." + text;
        try
        {
            var parser = new PathParser(text, 1);
            PathToken[] tokens = parser.ParseTokens();
            return parser._at == text.Length ? tokens : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The path that begins at <c>@</c> or <c>$</c> inside a filter; moves behind it.</summary>
    /// <exception cref="FormatException">No path stands there.</exception>
    public static PathToken[] ParseInFilter(string text, ref int at)
    {
        var parser = new PathParser(text, at + 1);
        PathToken[] tokens = parser.ParseTokens();
        at = parser._at;
        return tokens;
    }

    private readonly char Current => _at < _text.Length ? _text[_at] : '\0';

    private PathToken[] ParseTokens()
    {
        var tokens = new List<PathToken>();
        while (Current is '.' or '[')
        {
            if (tokens is [.., FunctionToken]) throw new FormatException("A function ends the path.");
            bool isScan = _text.AsSpan(_at).StartsWith("..");
            if (isScan) _at += Current == '.' && _at + 2 < _text.Length && _text[_at + 2] == '[' ? 2 : 1;
            PathToken token = Current == '[' ? ParseBrackets() : ParseDotted();
            tokens.Add(isScan ? new ScanToken(token) : token);
        }
        for (int i = 0; i < tokens.Count; i++)
            if (tokens[i] is MembersToken several)
                tokens[i] = several with { IsLast = i == tokens.Count - 1 };
        return [.. tokens];
    }

    private PathToken ParseDotted()
    {
        _at++;
        if (Current == '*')
        {
            _at++;
            return new WildcardToken();
        }
        int start = _at;
        while (_at < _text.Length && IsNamePart(Current)) _at++;
        string name = _text[start.._at];
        if (name.Length == 0) throw new FormatException("A name is missing.");
        return Current == '(' ? ParseFunction(name) : new MemberToken(name);
    }

    private static bool IsNamePart(char c) =>
        c is not ('.' or '[' or '(' or ')' or ' ' or '=' or '!' or '<' or '>' or '&' or '|' or ',' or ']');

    private FunctionToken ParseFunction(string name)
    {
        int close = _text.IndexOf(')', _at);
        string argument =
            close < 0 ? throw new FormatException("A ) is missing.") : _text[(_at + 1)..close].Trim();
        if (name == "size") name = "length";
        if (name.Length == 0 || char.IsDigit(name[0])
            || !Enum.TryParse(name, true, out PathFunction function))
            throw new FormatException("No such function.");
        bool takesNumber = function == PathFunction.Index;
        if (takesNumber == (argument.Length == 0)) throw new FormatException("The argument does not fit.");
        _at = close + 1;
        return new FunctionToken(
            function, takesNumber ? int.Parse(argument, CultureInfo.InvariantCulture) : 0);
    }

    private PathToken ParseBrackets()
    {
        _at++;
        SkipBlanks();
        PathToken token = Current switch
        {
            '\'' or '"' => ParseNames(),
            '*' => ParseWildcard(),
            '?' => ParseFilter(),
            _ => ParseIndexes(),
        };
        SkipBlanks();
        if (Current != ']') throw new FormatException("A ] is missing.");
        _at++;
        return token;
    }

    private void SkipBlanks()
    {
        while (Current == ' ') _at++;
    }

    private WildcardToken ParseWildcard()
    {
        _at++;
        return new WildcardToken();
    }

    private PathToken ParseNames()
    {
        var names = new List<string> { ParseQuoted() };
        SkipBlanks();
        while (Current == ',')
        {
            _at++;
            SkipBlanks();
            names.Add(ParseQuoted());
            SkipBlanks();
        }
        return names.Count == 1 ? new MemberToken(names[0]) : new MembersToken([.. names], true);
    }

    private string ParseQuoted()
    {
        char quote = Current is '\'' or '"'
            ? Current : throw new FormatException("A quoted name is missing.");
        var name = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            if (Current == quote)
            {
                _at++;
                return name.ToString();
            }
            if (Current == '\\' && _at + 1 < _text.Length) _at++;
            name.Append(Current);
        }
        throw new FormatException("A quote is missing.");
    }

    private PathToken ParseIndexes()
    {
        int close = _text.IndexOf(']', _at);
        if (close < 0) throw new FormatException("A ] is missing.");
        string inner = _text[_at..close];
        _at = close;
        if (!inner.Contains(':', StringComparison.Ordinal))
            return new IndexToken([.. inner.Split(',').Select(Number)]);
        string[] bounds = inner.Split(':');
        if (bounds.Length != 2 || inner.Trim() == ":") throw new FormatException("A slice has two bounds.");
        return new SliceToken(Bound(bounds[0]), Bound(bounds[1]));
    }

    private static int? Bound(string text) => string.IsNullOrWhiteSpace(text) ? null : Number(text);

    private static int Number(string text) => int.TryParse(
        text,
        NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
        CultureInfo.InvariantCulture, out int value)
        ? value
        : throw new FormatException("An index is missing.");

    private FilterToken ParseFilter()
    {
        _at++;
        SkipBlanks();
        if (Current != '(') throw new FormatException("A filter stands in brackets.");
        FilterExpression condition = FilterParser.Parse(_text, ref _at);
        return new FilterToken(condition);
    }
}
