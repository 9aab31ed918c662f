using System.Collections.Immutable;
using System.Text.Json;
using Millrace.Operators.Expressions;
using Millrace.Operators.Functions.Json.Paths;
using Millrace.Operators.Functions.Strings;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Json;

/// <summary>JSON_QUERY: the array or object at a path, as JSON text or as an ARRAY of texts.</summary>
internal static class JsonQueryFunction
{
    private const string TextArray = "ARRAY<STRING>";

    public static FunctionDefinition Definition { get; } = new("JSON_QUERY", Bind, Compile);

    private static Call Bind(CallSite site)
    {
        JsonOptions options = JsonOptions.Of(site.Options);
        LogicalType type = options.Returning switch
        {
            null or "STRING" => LogicalType.String,
            TextArray => LogicalType.Array(LogicalType.String),
            _ => throw new FunctionException(
                $"JSON_QUERY cannot return {options.Returning}; it returns STRING or {TextArray}."),
        };
        bool givesObject =
            options.OnEmpty == JsonChoice.EmptyObject || options.OnError == JsonChoice.EmptyObject;
        if (givesObject && type.Kind == TypeKind.Array)
            throw new FunctionException(
                $"JSON_QUERY RETURNING {TextArray} cannot give EMPTY OBJECT; write EMPTY ARRAY.");
        ImmutableArray<Expr> arguments = Signature.Check(site, 2, Parameter.String, Parameter.String);
        return site.CallExactly(type, arguments);
    }

    private static Kernel Compile(Call call, EvaluationContext context)
    {
        var query = new Query(JsonOptions.Of(call.Options));
        LogicalType type = call.Type;
        return type.Kind == TypeKind.Array
            ? RowKernels.Build(
                count => (ListColumnBuilder)ColumnBuilder.Create(type, count), query.AppendArray)
            : RowKernels.Text(query.AppendText);
    }

    /// <summary>The kernel of one call. One thread at a time.</summary>
    private sealed class Query(JsonOptions options)
    {
        private readonly PatternCache<JsonPath> _paths = new(path => JsonPath.Parse(Utf8Text.Decode(path)));
        private readonly TextBuffer _text = new();

        public void AppendText(ReadOnlySpan<Operand> a, int row, BytesColumnBuilder output)
        {
            JsonPath path = _paths.Get(a[1].Bytes(row));
            using JsonReading reading = JsonReading.Read(path, a[0].Bytes(row));
            if (Wrap(reading) is not { } value)
            {
                AppendChoice(Decide(reading, path, a, row), output);
                return;
            }
            _text.Clear();
            value.AppendJson(_text);
            output.Append(_text.Written);
        }

        private static void AppendChoice(JsonChoice choice, BytesColumnBuilder output)
        {
            if (choice == JsonChoice.EmptyArray) output.Append("[]"u8);
            else if (choice == JsonChoice.EmptyObject) output.Append("{}"u8);
            else output.AppendNull();
        }

        /// <summary>The elements as texts: strings plain, arrays and objects as JSON.</summary>
        public void AppendArray(ReadOnlySpan<Operand> a, int row, ListColumnBuilder output)
        {
            JsonPath path = _paths.Get(a[1].Bytes(row));
            using JsonReading reading = JsonReading.Read(path, a[0].Bytes(row));
            if (Wrap(reading) is { Kind: JsonValueKind.Array } list)
            {
                foreach (JsonItem item in list.Items())
                    AppendElement(item, (BytesColumnBuilder)output.Children[0]);
                output.EndRow();
            }
            else if (Decide(reading, path, a, row) == JsonChoice.EmptyArray) output.EndRow();
            else output.AppendNull();
        }

        private void AppendElement(JsonItem item, BytesColumnBuilder output)
        {
            _text.Clear();
            if (item.IsScalar) item.AppendText(_text);
            else item.AppendJson(_text);
            if (item.IsNull) output.AppendNull();
            else output.Append(_text.Written);
        }

        /// <summary>
        /// The value in its wrapper; null where there is none, or a scalar without a wrapper.
        /// </summary>
        private JsonItem? Wrap(JsonReading reading)
        {
            JsonItem item = reading.Item;
            if (reading.IsFailed || item.IsNull) return null;
            bool wraps = options.Wrapper == "WITH UNCONDITIONAL" ||
                (options.Wrapper == "WITH CONDITIONAL" && item.Kind != JsonValueKind.Array);
            if (wraps) return JsonItem.List([item]);
            return item.IsScalar ? null : item;
        }

        /// <summary>What no value means: in lax mode it is empty, in strict mode an error.</summary>
        private JsonChoice Decide(JsonReading reading, JsonPath path, ReadOnlySpan<Operand> a, int row)
        {
            bool isEmpty = path.IsLax && !reading.IsFailed;
            JsonChoice choice = (isEmpty ? options.OnEmpty : options.OnError) ?? JsonChoice.Null;
            return choice == JsonChoice.Error
                ? throw JsonOptions.Failure("JSON_QUERY", Utf8Text.Decode(a[1].Bytes(row)), isEmpty)
                : choice;
        }
    }
}
