using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Millrace.Operators.Functions.Strings;

namespace Millrace.Operators.Functions.Json.Paths;

/// <summary>Reads the conditions of filters.</summary>
internal ref struct FilterParser
{
    /// <summary>How deep brackets and negations may nest.</summary>
    private const int MaxDepth = 50;

    private static readonly (string Text, FilterOperator Operator)[] Operators =
    [
        ("==", FilterOperator.Equal), ("!=", FilterOperator.NotEqual), ("<=", FilterOperator.LessOrEqual),
        (">=", FilterOperator.GreaterOrEqual), ("=~", FilterOperator.Matches), ("<", FilterOperator.Less),
        (">", FilterOperator.Greater), ("contains ", FilterOperator.Contains), ("size ", FilterOperator.Size),
        ("empty ", FilterOperator.Empty),
    ];

    private readonly string _text;
    private int _at;
    private int _depth;

    private FilterParser(string text, int at)
    {
        _text = text;
        _at = at;
    }

    /// <summary>The condition in brackets that begins at <paramref name="at"/>; moves behind it.</summary>
    /// <exception cref="FormatException">No condition stands there.</exception>
    public static FilterExpression Parse(string text, ref int at)
    {
        var parser = new FilterParser(text, at);
        FilterExpression condition = parser.ParsePrimary();
        at = parser._at;
        return condition;
    }

    private readonly char Current => _at < _text.Length ? _text[_at] : '\0';

    private bool Accept(string text)
    {
        while (Current == ' ') _at++;
        if (!_text.AsSpan(_at).StartsWith(text, StringComparison.OrdinalIgnoreCase)) return false;
        _at += text.Length;
        return true;
    }

    private FilterExpression ParseOr() => ParseGroup(isAnd: false);

    private FilterExpression ParseGroup(bool isAnd)
    {
        var parts = new List<FilterExpression>();
        do parts.Add(isAnd ? ParsePrimary() : ParseGroup(isAnd: true));
        while (Accept(isAnd ? "&&" : "||"));
        return parts.Count == 1 ? parts[0] : new FilterGroup(isAnd, [.. parts]);
    }

    private FilterExpression ParsePrimary()
    {
        if (++_depth > MaxDepth) throw new FormatException("The filter nests too deep.");
        FilterExpression condition = ParseBare();
        _depth--;
        return condition;
    }

    private FilterExpression ParseBare()
    {
        if (Accept("!")) return new FilterNot(ParsePrimary());
        if (!Accept("(")) return ParseComparison();
        FilterExpression inner = ParseOr();
        return Accept(")") ? inner : throw new FormatException("A ) is missing.");
    }

    private FilterExpression ParseComparison()
    {
        FilterOperand left = ParseOperand();
        foreach ((string text, FilterOperator op) in Operators)
            if (Accept(text)) return new FilterComparison(op, left, ParseOperand());
        return left.Path is null ? throw new FormatException("A path is missing.") : new FilterExists(left);
    }

    private FilterOperand ParseOperand()
    {
        while (Current == ' ') _at++;
        if (Current is '@' or '$')
        {
            bool isRoot = Current == '$';
            return new FilterOperand(PathParser.ParseInFilter(_text, ref _at), isRoot, JsonItem.Null);
        }
        if (Current is '\'' or '"') return Constant(JsonItem.Text(ParseQuoted(Current)));
        if (Current == '/') return ParseRegex();
        if (Accept("true")) return Constant(Word("true"u8));
        if (Accept("false")) return Constant(Word("false"u8));
        return Accept("null") ? Constant(JsonItem.Null) : ParseNumber();
    }

    private static FilterOperand Constant(JsonItem item) => new(null, false, item);

    private static JsonItem Word(ReadOnlySpan<byte> word) =>
        JsonItem.Of(JsonTexts.TryParse(word)!.RootElement);

    private FilterOperand ParseNumber()
    {
        int start = _at;
        while (Current is '-' or '+' or '.' or 'e' or 'E' || char.IsAsciiDigit(Current)) _at++;
        string number = _text[start.._at];
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? Constant(JsonItem.Number(number))
            : throw new FormatException("A value is missing.");
    }

    private string ParseQuoted(char quote)
    {
        var text = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            if (Current == quote)
            {
                _at++;
                return text.ToString();
            }
            if (Current == '\\' && _at + 1 < _text.Length) _at++;
            text.Append(Current);
        }
        throw new FormatException("A quote is missing.");
    }

    private FilterOperand ParseRegex()
    {
        int end = _text.IndexOf('/', _at + 1);
        if (end < 0) throw new FormatException("A / is missing.");
        string pattern = _text[(_at + 1)..end];
        _at = end + 1;
        if (Accept("i")) pattern = "(?i)" + pattern;
        Regex regex =
            JavaRegex.TryParse($"\\A(?:{pattern})\\z") ?? throw new FormatException("No regular expression.");
        return new FilterOperand(null, false, JsonItem.Null, regex);
    }
}
