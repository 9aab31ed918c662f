using System.Buffers;
using Millrace.Operators.Expressions;
using Millrace.Operators.Functions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Aggregates;

/// <summary>Values of a column as JSON text: numbers and booleans as they print, everything else as a string.</summary>
internal sealed class JsonText
{
    private readonly LogicalType _type;
    private readonly Evaluator? _toText;

    public JsonText(LogicalType type)
    {
        _type = type;
        if (!type.IsCharacter)
            _toText = Evaluator.Compile(
                new Call("CAST", [new InputRef(0, type)], LogicalType.String.WithNullable(type.Nullable)),
                new EvaluationContext(TimeProvider.System));
    }

    /// <exception cref="FunctionException">Unsupported: nested and binary values.</exception>
    public static void CheckSupported(LogicalType type, string function)
    {
        if (type.Kind is TypeKind.Array or TypeKind.Map or TypeKind.Multiset or TypeKind.Row || type.IsBinary)
            throw new FunctionException($"{function} of {type} is not supported yet; CAST it to STRING.", true);
    }

    /// <summary>The text of each row, null where the row is; owned by the caller.</summary>
    public BytesColumn Of(Column values)
    {
        if (_toText is null) return Quote((BytesColumn)values);
        var text = (BytesColumn)_toText.Evaluate(new ColumnBatch([values], values.Count));
        if (_type.IsNumeric || _type.Kind == TypeKind.Boolean) return Lower(text);
        BytesColumn quoted = Quote(text);
        text.Release();
        return quoted;
    }

    /// <summary>Appends the string in quotes, with the escapes that JSON asks for and no others.</summary>
    public static void AppendString(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> output)
    {
        output.Write("\""u8);
        foreach (byte c in text)
        {
            if (c is (byte)'"' or (byte)'\\') output.Write([(byte)'\\', c]);
            else if (c >= ' ') output.Write([c]);
            else if (c is >= (byte)'\b' and <= (byte)'\r' and not 0x0B) output.Write([(byte)'\\', "btn_fr"u8[c - '\b']]);
            else output.Write([(byte)'\\', (byte)'u', (byte)'0', (byte)'0', Hex(c >> 4), Hex(c & 15)]);
        }
        output.Write("\""u8);
    }

    private static byte Hex(int digit) => "0123456789ABCDEF"u8[digit];

    private static BytesColumn Quote(BytesColumn text)
    {
        var builder = new BytesColumnBuilder(text.Count);
        var buffer = new ArrayBufferWriter<byte>();
        for (int row = 0; row < text.Count; row++)
        {
            buffer.ResetWrittenCount();
            AppendString(text[row], buffer);
            if (text.IsNull(row)) builder.AppendNull();
            else builder.Append(buffer.WrittenSpan);
        }
        return (BytesColumn)builder.Build();
    }

    /// <summary>SQL prints TRUE, JSON writes true; numbers keep the E of their exponent.</summary>
    private BytesColumn Lower(BytesColumn text)
    {
        if (_type.Kind != TypeKind.Boolean) return text;
        var builder = new BytesColumnBuilder(text.Count);
        for (int row = 0; row < text.Count; row++)
        {
            if (text.IsNull(row)) builder.AppendNull();
            else builder.Append(text[row][0] is (byte)'T' or (byte)'t' ? "true"u8 : "false"u8);
        }
        text.Release();
        return (BytesColumn)builder.Build();
    }
}
