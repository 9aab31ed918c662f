using System.Globalization;
using System.Text;

namespace Millrace.Connectors.Tests.Formats.Json;

/// <summary>
/// Makes lines of business events from a seed: mostly regular ones, with everything that may go wrong among
/// them.
/// </summary>
internal sealed class EventText(int seed, double oddity)
{
    private static readonly string[] Texts =
    [
        "a", "", "x y", "s046-1", "2018-06-01", "0000000a-0000-4000-8000-0000000006d1", "语文", "é😀",
            "tab\there",
        "quote\"d", "back\\slash", "line\nfeed", "a/b", new string('z', 63), new string('y', 64),
            new string('w', 130),
        "{\"a\":1}", "null", "42", " 7 ", "true", "\u0001", "1.5", "NaN",
    ];

    private static readonly string[] Numbers =
    [
        "0", "1", "-1", "23", "1527821423388", "2147483647", "2147483648", "-2147483648", "-2147483649",
        "9223372036854775807", "9223372036854775808", "1.50", "1e3", "-0", "0.0", "5E-3", "1E400",
            "12345678901234567890123",
        "999999999", "1234567890", "123456789012345", "1234567890123456", "12345678901234567",
    ];

    private static readonly string[] Broken =
    [
        "01", "1.", "-", "+1", ".5", "1e", "NaN", "tru", "nulll", "'a'", "", "\"a", "\"\\x\"", "\"\\u12\"",
            "[1,]", "{\"a\"}", "{,}", "[1 2]", "1 2",
    ];

    private readonly Random _random = new(seed);

    public byte[] Lines(int count)
    {
        var lines = new List<byte>();
        for (int i = 0; i < count; i++)
        {
            lines.AddRange(Line());
            lines.AddRange(IsOdd() ? "\r\n"u8 : "\n"u8);
        }
        if (IsOdd()) lines.RemoveAt(lines.Count - 1);
        return [.. lines];
    }

    private byte[] Line()
    {
        if (IsOdd(0.1)) return Encoding.UTF8.GetBytes(Pick(["", "  ", "no json", "[1]", "null",
            "{", "\uFEFF{\"i\":1}", "{}", "{\"i\":1} x", "{\"i\":1}{\"i\":2}"]));
        List<string> members =
        [
            Member("s", Value(Texts[_random.Next(6)])), Member("l", IsOdd() ? Value() : "1527821423388"),
            Member("i", IsOdd() ? Value() : "23"), Member("unknown", IsOdd() ? Value() : "\"v1.0\""),
            Member("none", IsOdd() ? Value() : "null"), Member("d", IsOdd() ? Value() : "1.25"),
            Member("b", IsOdd() ? Value() : "true"), Member("payload", Payload()),
                Member("tags", IsOdd() ? Value() : "{}"),
        ];
        Disturb(members);
        byte[] line = Encoding.UTF8.GetBytes(Object(members));
        if (IsOdd(0.1) && line.Length > 0) line[_random.Next(line.Length)] = (byte)_random.Next(11, 256);
        if (IsOdd(0.1)) line = line[.._random.Next(line.Length)];
        return line;
    }

    private string Payload()
    {
        if (IsOdd()) return Value();
        List<string> members =
        [
            Member("answerId", Value(_random.Next(1000).ToString(CultureInfo.InvariantCulture))),
                Member("p", IsOdd() ? Value() : "1"),
            Member("q", IsOdd() ? Value() : Value(Texts[_random.Next(6)])),
                Member("r", IsOdd() ? Value() : "0.75"),
            Member("t", IsOdd() ? Value() : "false"), Member("u", IsOdd() ? Value() : "1527821423388"),
            Member("e", IsOdd() ? Value() : "[]"),
        ];
        Disturb(members);
        string text = Object(members);
        if (IsOdd(0.2)) text = text[.._random.Next(text.Length)];
        if (IsOdd(0.2)) text += Pick([" ", "x", "}", "{}"]);
        return Value(text);
    }

    private void Disturb(List<string> members)
    {
        if (IsOdd(0.3)) members.RemoveAt(_random.Next(members.Count));
        if (IsOdd(0.3))
            members.Insert(
                _random.Next(members.Count),
                Member(Pick(["s", "i", "p", "q", "payload", "x", "é"]), Value()));
        if (IsOdd(0.3)) members.Add(members[_random.Next(members.Count)]);
        if (IsOdd(0.2)) _random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(members));
    }

    private string Object(List<string> members) => "{" + string.Join(IsOdd() ? " , " : ",", members) + "}";

    private string Member(string name, string value)
    {
        string written = IsOdd(0.1) ? string.Concat(name.Select(c => $"\\u{(int)c:x4}")) : name;
        return $"\"{written}\"{(IsOdd() ? " :\t" : ":")}{value}";
    }

    /// <summary>Any value at all.</summary>
    private string Value() => _random.Next(10) switch
    {
        0 or 1 or 2 => Value(Pick(Texts)),
        3 or 4 or 5 => Pick(Numbers),
        6 => Pick(["null", "true", "false", "[]", "{}"]),
        7 => "[ 1, \"a,]\" , {\"b\" : null}]",
        8 => "{\"p\":{\"q\":[true]},\"z\":\"}\\\"\"}",
        _ => IsOdd(0.5) ? Pick(Broken) : "7",
    };

    private string Value(string text)
    {
        var json = new StringBuilder("\"");
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool mustEscape = rune.Value is '"' or '\\' or '\n' || (rune.Value < ' ' && !IsOdd(0.2));
            if (rune.Value is '"' or '\\' && !IsOdd(0.05)) json.Append('\\').Append(rune);
            else if (mustEscape || IsOdd(0.02)) foreach (char c in rune.ToString()) json.Append(
                CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else json.Append(rune);
        }
        return json.Append('"').ToString();
    }

    private bool IsOdd(double factor = 1) => _random.NextDouble() < oddity * factor;

    private string Pick(string[] choices) => choices[_random.Next(choices.Length)];
}
