using System.Collections.Immutable;
using System.Text.Json;
using Millrace.Operators.Expressions;
using Millrace.Operators.Functions.Json.Paths;
using Millrace.Operators.Functions.Strings;
using Millrace.Shared.Columns;
using Millrace.Shared.Errors;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Json;

/// <summary>
/// JSON_VALUE: the scalar at a path. A path of members, the usual one, is found in one pass over the bytes;
/// any other is walked over a tree.
/// </summary>
internal static class JsonValueFunction
{
    public static FunctionDefinition Definition { get; } = new("JSON_VALUE", Bind, Compile);

    private static Call Bind(CallSite site)
    {
        JsonOptions options = JsonOptions.Of(site.Options);
        LogicalType type = TypeOf(options.Returning);
        int defaults =
            (options.OnEmpty == JsonChoice.Default ? 1 : 0) + (options.OnError == JsonChoice.Default ? 1 : 0);
        site.Arity(2 + defaults);
        CallSite texts = new(site.Name, site.Arguments[..2], []);
        ImmutableArray<Expr> arguments = Signature.Check(texts, 2, Parameter.String, Parameter.String);
        return site.CallExactly(
            type, [.. arguments, .. site.Arguments[2..].Select(a => FunctionCatalog.Coerce(a, type))]);
    }

    private static LogicalType TypeOf(string? returning) => returning switch
    {
        null or "STRING" => LogicalType.String,
        "BOOLEAN" => LogicalType.Boolean,
        "INT" or "INTEGER" => LogicalType.Int,
        "DOUBLE" => LogicalType.Double,
        _ => throw new FunctionException(
            $"JSON_VALUE cannot return {returning}; it returns STRING, BOOLEAN, INTEGER or DOUBLE. " +
            $"Write CAST(JSON_VALUE(..) AS {returning})."),
    };

    private static Kernel Compile(Call call, EvaluationContext context)
    {
        JsonOptions options = JsonOptions.Of(call.Options);
        return call.Type.Kind switch
        {
            TypeKind.Boolean => new Reader<bool>(options, ToBoolean).Kernel,
            TypeKind.Int => new Reader<int>(options, ToInt).Kernel,
            TypeKind.Double => new Reader<double>(options, ToDouble).Kernel,
            _ => new TextReader(options).Kernel,
        };
    }

    private static bool ToBoolean(in Scalar scalar) => scalar.Kind switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Mismatch(scalar, "BOOLEAN"),
    };

    private static int ToInt(in Scalar scalar) =>
        (scalar.Kind == JsonTokenType.Number ? JsonNumbers.TryInt32(scalar.Raw) : null)
            ?? throw Mismatch(scalar, "INTEGER");

    /// <summary>An integer is no DOUBLE here, as in Flink.</summary>
    private static double ToDouble(in Scalar scalar) =>
        scalar.Kind == JsonTokenType.Number && !JsonNumbers.IsInteger(scalar.Raw)
            ? JsonNumbers.ToDouble(scalar.Raw)
            : throw Mismatch(scalar, "DOUBLE");

    private static MillraceException Mismatch(in Scalar scalar, string type)
    {
        var text = new TextBuffer();
        scalar.AppendText(text);
        return new MillraceException(
            ErrorKind.Invalid,
            $"JSON_VALUE RETURNING {type} found {Utf8Text.Decode(text.Written)}; leave RETURNING out and "
            + "CAST the text.");
    }

    /// <summary>A scalar of a document.</summary>
    private readonly ref struct Scalar(JsonTokenType kind, ReadOnlySpan<byte> raw, bool hasEscapes)
    {
        public JsonTokenType Kind { get; } = kind;

        public ReadOnlySpan<byte> Raw { get; } = raw;

        private readonly bool _hasEscapes = hasEscapes;

        public void AppendText(TextBuffer output)
        {
            switch (Kind)
            {
                case JsonTokenType.String when _hasEscapes: JsonStrings.AppendUnescaped(Raw, output); break;
                case JsonTokenType.Number: JsonNumbers.Append(Raw, output); break;
                default: output.Append(Raw); break;
            }
        }
    }

    private delegate T Convert<T>(in Scalar scalar);

    /// <summary>What a row comes to.</summary>
    private enum Outcome
    {
        Found,
        Empty,
        Failed,
    }

    /// <summary>The kernel without the type of its result. One thread at a time.</summary>
    private abstract class RowReader(JsonOptions options)
    {
        private readonly PatternCache<JsonPath> _paths = new(path => JsonPath.Parse(Utf8Text.Decode(path)));
        private readonly TextBuffer _text = new();

        protected abstract void Take(in Scalar scalar);

        protected abstract void TakeDefault(Operand value, int row);

        protected abstract void TakeNull();

        protected void Read(ReadOnlySpan<Operand> arguments, int row)
        {
            if (arguments[0].IsNull(row) || arguments[1].IsNull(row))
            {
                TakeNull();
                return;
            }
            JsonPath path = _paths.Get(arguments[1].Bytes(row));
            Outcome outcome = path.MemberNames is { } names
                ? ReadMember(path, names, arguments[0].Bytes(row))
                : ReadAny(path, arguments[0].Bytes(row));
            if (outcome != Outcome.Found) Decide(outcome == Outcome.Empty, arguments, row);
        }

        private Outcome ReadMember(JsonPath path, byte[][] names, ReadOnlySpan<byte> text)
        {
            Outcome otherwise = path.IsLax ? Outcome.Empty : Outcome.Failed;
            if (!MemberScan.TryFind(text, names, out MemberScan found)) return otherwise;
            bool isScalar = found.Kind
                is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False;
            if (!isScalar) return otherwise;
            Take(new Scalar(found.Kind, found.Raw(text), found.HasEscapes));
            return Outcome.Found;
        }

        private Outcome ReadAny(JsonPath path, ReadOnlySpan<byte> text)
        {
            using JsonReading reading = JsonReading.Read(path, text);
            if (reading.IsFailed) return Outcome.Failed;
            JsonItem item = reading.Item;
            if (item.IsNull || !item.IsScalar) return path.IsLax ? Outcome.Empty : Outcome.Failed;
            _text.Clear();
            item.AppendText(_text);
            JsonTokenType kind = item.Kind switch
            {
                JsonValueKind.String => JsonTokenType.String,
                JsonValueKind.Number => JsonTokenType.Number,
                JsonValueKind.True => JsonTokenType.True,
                _ => JsonTokenType.False,
            };
            Take(new Scalar(kind, _text.Written, false));
            return Outcome.Found;
        }

        private void Decide(bool isEmpty, ReadOnlySpan<Operand> arguments, int row)
        {
            JsonChoice? choice = isEmpty ? options.OnEmpty : options.OnError;
            int place = !isEmpty && options.OnEmpty == JsonChoice.Default ? 3 : 2;
            if (choice == JsonChoice.Error)
                throw JsonOptions.Failure("JSON_VALUE", Utf8Text.Decode(arguments[1].Bytes(row)), isEmpty);
            if (choice == JsonChoice.Default && !arguments[place].IsNull(row))
                TakeDefault(arguments[place], row);
            else TakeNull();
        }
    }

    private sealed class Reader<T>(JsonOptions options, Convert<T> convert) : RowReader(options)
        where T : unmanaged
    {
        private FixedColumnBuilder<T> _output = null!;

        public Column Kernel(ReadOnlySpan<Operand> arguments, int count)
        {
            _output = new FixedColumnBuilder<T>(count);
            for (int row = 0; row < count; row++) Read(arguments, row);
            return _output.Build();
        }

        protected override void Take(in Scalar scalar) => _output.Append(convert(scalar));

        protected override void TakeDefault(Operand value, int row) => _output.Append(value.Value<T>(row));

        protected override void TakeNull() => _output.AppendNull();
    }

    private sealed class TextReader(JsonOptions options) : RowReader(options)
    {
        private readonly TextBuffer _value = new();
        private BytesColumnBuilder _output = null!;

        public Column Kernel(ReadOnlySpan<Operand> arguments, int count)
        {
            _output = new BytesColumnBuilder(count);
            for (int row = 0; row < count; row++) Read(arguments, row);
            return _output.Build();
        }

        protected override void Take(in Scalar scalar)
        {
            _value.Clear();
            scalar.AppendText(_value);
            _output.Append(_value.Written);
        }

        protected override void TakeDefault(Operand value, int row) => _output.Append(value.Bytes(row));

        protected override void TakeNull() => _output.AppendNull();
    }
}
