using System.Globalization;
using System.Text;

namespace Millrace.Sql.Syntax;

/// <summary>
/// Cuts a text into tokens. Blanks and comments fall away; hints keep their marks <c>/*+</c> and <c>*/</c> as
/// symbols. A variable or placeholder that nobody filled in, <c>${x}</c> or <c>{x}</c>, is an error here.
/// </summary>
internal sealed class Lexer
{
    private static readonly string[] Symbols = ["/*+", "*/", "<=", ">=", "<>", "!=", "||", "=>"];

    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private int _position;
    private int _line = 1;
    private int _lineStart;

    private Lexer(string text) => _text = text;

    /// <summary>All tokens of the text, the last one <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="SqlException">A string, name or comment that does not end, or a
    /// placeholder.</exception>
    public static Token[] Tokenize(string text)
    {
        var lexer = new Lexer(text);
        while (lexer.SkipBlanks()) lexer._tokens.Add(lexer.Next());
        lexer._tokens.Add(lexer.Make(TokenKind.End, "", lexer._position));
        return lexer._tokens.ToArray();
    }

    private char Current => At(0);

    private char At(int offset) => _position + offset < _text.Length ? _text[_position + offset] : '\0';

    /// <summary>Moves to the next token; false at the end.</summary>
    private bool SkipBlanks()
    {
        while (_position < _text.Length)
        {
            var c = Current;
            if (c == '\n') NewLine(_position++);
            else if (char.IsWhiteSpace(c) || c == '\ufeff') _position++;
            else if (c == '-' && At(1) == '-') SkipLine();
            else if (c == '/' && At(1) == '*' && At(2) != '+') SkipComment();
            else return true;
        }

        return false;
    }

    private void NewLine(int index)
    {
        _line++;
        _lineStart = index + 1;
    }

    private void SkipLine()
    {
        var end = _text.IndexOf('\n', _position);
        _position = end < 0 ? _text.Length : end;
    }

    private void SkipComment()
    {
        var start = Make(TokenKind.Symbol, "/*", _position + 2);
        var end = _text.IndexOf("*/", _position + 2, StringComparison.Ordinal);
        if (end < 0) throw Error("This comment does not end; close it with */.", start);
        Advance(end + 2);
    }

    /// <summary>Moves to an index, counting the lines on the way.</summary>
    private void Advance(int end)
    {
        for (; _position < end; _position++)
            if (Current == '\n') NewLine(_position);
    }

    private Token Next()
    {
        var c = Current;
        if (c == '\'') return Quoted('\'', TokenKind.String, _position);
        if (c == '`') return Quoted('`', TokenKind.QuotedName, _position);
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(At(1)))) return Number();
        if (c is 'x' or 'X' && At(1) == '\'') return Binary();
        if (c is 'u' or 'U' && At(1) == '&' && At(2) == '\'') return UnicodeString();
        if (c is 'n' or 'N' && At(1) == '\'') return Prefixed(1);
        if (IsNameStart(c)) return Word();
        RefusePlaceholder();
        return Symbol();
    }

    private static bool IsNameStart(char c) => c == '_' || char.IsLetter(c) || char.IsSurrogate(c);

    private bool IsNamePart(int offset)
    {
        var c = At(offset);
        if (c == '$') return At(offset + 1) != '{';
        return IsNameStart(c) || char.IsDigit(c) || char.GetUnicodeCategory(c)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
    }

    private Token Word()
    {
        var length = 1;
        while (IsNamePart(length)) length++;
        return Take(TokenKind.Word, length);
    }

    private Token Number()
    {
        var length = Digits(0);
        if (At(length) == '.') length = Digits(length + 1);
        if (At(length) is 'e' or 'E')
        {
            var exponent = At(length + 1) is '+' or '-' ? length + 2 : length + 1;
            if (char.IsAsciiDigit(At(exponent))) length = Digits(exponent);
        }

        return Take(TokenKind.Number, length);
    }

    private int Digits(int offset)
    {
        while (char.IsAsciiDigit(At(offset))) offset++;
        return offset;
    }

    private Token Symbol()
    {
        foreach (var symbol in Symbols)
        {
            if (string.CompareOrdinal(_text, _position, symbol, 0, symbol.Length) == 0)
                return Take(TokenKind.Symbol, symbol.Length);
        }

        return Take(TokenKind.Symbol, 1);
    }

    private Token Take(TokenKind kind, int length)
    {
        var token = Make(kind, _text.Substring(_position, length), _position + length);
        _position += length;
        return token;
    }

    private Token Make(TokenKind kind, string text, int end) =>
        new(kind, text, _position, end, _line, _position - _lineStart + 1);

    /// <summary>A string or name that starts at the current place; a doubled quote stands for one.</summary>
    /// <param name="quote">The quote.</param>
    /// <param name="kind">The token's kind.</param>
    /// <param name="open">The index of the opening quote, behind a prefix if there is one.</param>
    private Token Quoted(char quote, TokenKind kind, int open)
    {
        var begin = Make(kind, "", open + 1);
        var value = new StringBuilder();
        for (var index = open + 1; index < _text.Length; index++)
        {
            if (_text[index] != quote) value.Append(_text[index]);
            else if (index + 1 < _text.Length && _text[index + 1] == quote) value.Append(_text[index++]);
            else
            {
                if (kind == TokenKind.String) RefuseVariableIn(value.ToString(), begin);
                Advance(index + 1);
                return begin with { Text = value.ToString(), End = index + 1 };
            }
        }

        var what = kind == TokenKind.String ? "This string" : "This name";
        throw Error($"{what} does not end; close it with {quote}.", begin);
    }

    private Token Prefixed(int prefix) => Quoted('\'', TokenKind.String, _position + prefix);

    private Token Binary()
    {
        var token = Prefixed(1) with { Kind = TokenKind.Binary };
        if (token.Text.Length % 2 == 0 && token.Text.All(char.IsAsciiHexDigit)) return token;
        throw Error("A binary literal holds an even number of hexadecimal digits, such as X'1F00'.", token);
    }

    /// <summary>
    /// U&amp;'..' with <c>\hhhh</c> and <c>\+hhhhhh</c>, or another escape given by UESCAPE.
    /// </summary>
    private Token UnicodeString()
    {
        var token = Prefixed(2);
        var escape = '\\';
        const string keyword = "UESCAPE";
        if (SkipBlanks() && _text.AsSpan(_position).StartsWith(keyword, StringComparison.OrdinalIgnoreCase))
        {
            _position += keyword.Length;
            SkipBlanks();
            var given = Current == '\'' ? Quoted('\'', TokenKind.String, _position) : token;
            if (given.Text.Length != 1) throw Error("UESCAPE takes one character in quotes.", given);
            escape = given.Text[0];
            token = token with { End = given.End };
        }

        return token with { Text = Unescape(token, escape) };
    }

    private static string Unescape(Token token, char escape)
    {
        var value = new StringBuilder();
        var rest = token.Text.AsSpan();
        while (!rest.IsEmpty)
        {
            var isEscape = rest[0] == escape;
            var isDoubled = isEscape && rest.Length > 1 && rest[1] == escape;
            if (isEscape && !isDoubled)
            {
                rest = AppendCodePoint(token, rest[1..], value);
                continue;
            }

            value.Append(rest[0]);
            rest = rest[(isDoubled ? 2 : 1)..];
        }

        return value.ToString();
    }

    private static ReadOnlySpan<char> AppendCodePoint(
        Token token, ReadOnlySpan<char> rest, StringBuilder value)
    {
        var (skip, digits) = rest.Length > 0 && rest[0] == '+' ? (1, 6) : (0, 4);
        var hex = rest.Length < skip + digits ? [] : rest.Slice(skip, digits);
        if (!int.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) ||
            code > 0x10ffff)
            throw Error("A Unicode escape has four hexadecimal digits, or six after +.", token);
        if (code <= 0xffff) value.Append((char)code);
        else value.Append(char.ConvertFromUtf32(code));
        return rest[(skip + digits)..];
    }

    /// <summary>
    /// A variable that nobody filled in is an error inside a string too, where most of them stand.
    /// </summary>
    private static void RefuseVariableIn(string value, Token token)
    {
        var start = value.IndexOf("${", StringComparison.Ordinal);
        var end = start < 0 ? -1 : value.IndexOf('}', start);
        if (end < 0) return;
        var name = value[(start + 2)..end];
        if (name.Length == 0 || !name.All(c => c is '_' or '-' or '.' || char.IsLetterOrDigit(c))) return;
        throw Error(VariableMessage(name), token);
    }

    private static string VariableMessage(string name) =>
        $"The variable '{name}' has no value; give it one in the job's variables or with --set {name}=….";

    private void RefusePlaceholder()
    {
        var brace = Current == '$' ? 1 : 0;
        if (At(brace) != '{') return;
        var length = brace + 1;
        while (At(length) is '_' or '-' or '.' || char.IsLetterOrDigit(At(length))) length++;
        var first = At(brace + 1);
        if (At(length) != '}' || first is '}' or '-' || char.IsDigit(first)) return;
        var name = _text.Substring(_position + brace + 1, length - brace - 1);
        var token = Make(TokenKind.Symbol, "", _position + length + 1);
        throw Error(
            brace == 1
                ? VariableMessage(name)
                : $"The placeholder {{{name}}} is not filled in; write the name or value that it stands for.",
            token);
    }

    private static SqlException Error(string message, Token token) =>
        new(SqlErrorKind.Syntax, message, token.Span);
}
