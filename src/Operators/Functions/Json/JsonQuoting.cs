using System.Globalization;
using System.Text;
using System.Text.Json;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Json;

/// <summary>JSON_QUOTE and JSON_UNQUOTE.</summary>
internal static class JsonQuoting
{
    public static FunctionDefinition[] All { get; } =
    [
        new("JSON_QUOTE", Signature.Of(LogicalType.String, Parameter.String), (_, _) => Quote()),
        new("JSON_UNQUOTE", Signature.Of(LogicalType.String, Parameter.String), (_, _) => Unquote()),
    ];

    /// <summary>
    /// Escapes quotes, backslashes, slashes, control characters and all beyond ASCII. A character outside the
    /// basic plane becomes its code point, with five digits, and then its low surrogate: so does Flink.
    /// </summary>
    private static Kernel Quote()
    {
        var text = new StringBuilder();
        return RowKernels.Text((a, row, output) =>
        {
            text.Clear().Append('"');
            foreach (Rune rune in Utf8Text.Decode(a[0].Bytes(row)).EnumerateRunes()) Append(rune, text);
            Utf8Text.Append(output, text.Append('"').ToString());
        });
    }

    private static void Append(Rune rune, StringBuilder text)
    {
        string? escape = rune.Value switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '/' => "\\/",
            8 => "\\b",
            9 => "\\t",
            10 => "\\n",
            12 => "\\f",
            13 => "\\r",
            _ => null,
        };
        if (escape is not null) text.Append(escape);
        else if (rune.Value is >= 32 and < 127) text.Append((char)rune.Value);
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            if (!rune.IsBmp) text.Append(CultureInfo.InvariantCulture, $"\\u{(int)rune.ToString()[1]:x4}");
        }
    }

    /// <summary>A text that is no JSON string in quotes is given back as it is.</summary>
    private static Kernel Unquote()
    {
        var text = new TextBuffer();
        return RowKernels.Text((a, row, output) =>
        {
            ReadOnlySpan<byte> quoted = a[0].Bytes(row);
            bool isQuoted = quoted.Length > 1 && quoted[0] == '"' && quoted[^1] == '"' &&
                JsonTexts.KindOf(quoted) == JsonTokenType.String;
            if (!isQuoted)
            {
                output.Append(quoted);
                return;
            }
            text.Clear();
            JsonStrings.AppendUnescaped(quoted[1..^1], text);
            output.Append(text.Written);
        });
    }
}
