using System.Text;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Json;

/// <summary>JSON_STRING, JSON_OBJECT and JSON_ARRAY: values as JSON text.</summary>
internal static class JsonConstructors
{
    public static FunctionDefinition[] All { get; } =
    [
        new("JSON_STRING", BindString, (call, _) => String(call)),
        new("JSON_OBJECT", BindObject, (call, _) => Object(call)),
        new("JSON_ARRAY", BindArray, (call, _) => Array(call)),
    ];

    private static Call BindString(CallSite site)
    {
        site.Arity(1);
        CheckValue(site, site[0]);
        return site.Call(LogicalType.String);
    }

    private static Call BindArray(CallSite site)
    {
        foreach (Expr item in site.Arguments) CheckValue(site, item);
        return site.CallExactly(LogicalType.String.NotNull(), site.Arguments);
    }

    private static Call BindObject(CallSite site)
    {
        for (int i = 0; i < site.Count; i += 2)
        {
            bool isName = site[i] is Literal { Text: not null } && site.Type(i).IsCharacter;
            if (!isName)
                throw new FunctionException(
                    "A name in JSON_OBJECT is a string in quotes: JSON_OBJECT('a' VALUE x).");
            CheckValue(site, site[i + 1]);
        }
        return site.CallExactly(LogicalType.String.NotNull(), site.Arguments);
    }

    private static void CheckValue(CallSite site, Expr value)
    {
        if (JsonPrinter.TryFor(value.Type) is null)
            throw new FunctionException(
                $"{site.Name} does not take a value of type {value.Type.AsNullable()}; CAST it to STRING.");
    }

    private static Kernel String(Call call)
    {
        JsonPrinter printer = JsonPrinter.TryFor(call.Arguments[0].Type)!;
        var text = new TextBuffer();
        return RowKernels.Text((a, row, output) =>
        {
            text.Clear();
            printer.Append(a[0].Column, a[0].Row(row), text);
            output.Append(text.Written);
        });
    }

    /// <summary>
    /// A value that is itself made by a constructor goes in as it is, any other text in quotes.
    /// </summary>
    private static bool IsJson(Expr value) => value is Call { Function: "JSON_OBJECT" or "JSON_ARRAY" };

    private static void AppendItem(JsonPrinter? printer, Operand value, int row, TextBuffer output)
    {
        if (printer is not null) printer.Append(value.Column, value.Row(row), output);
        else output.Append(value.Bytes(row));
    }

    private static JsonPrinter? PrinterOf(Expr value) =>
        IsJson(value) ? null : JsonPrinter.TryFor(value.Type)!;

    /// <summary>NULL items are left out unless NULL ON NULL is written.</summary>
    private static Kernel Array(Call call)
    {
        bool keepsNulls = call.Options.Contains("NULL ON NULL");
        JsonPrinter?[] printers = [.. call.Arguments.Select(PrinterOf)];
        return Rows((a, row, text) =>
        {
            text.Append("["u8);
            bool isFirst = true;
            for (int i = 0; i < printers.Length; i++)
            {
                if (!keepsNulls && a[i].IsNull(row)) continue;
                if (!isFirst) text.Append(","u8);
                isFirst = false;
                AppendItem(printers[i], a[i], row, text);
            }
            text.Append("]"u8);
        });
    }

    /// <summary>
    /// Members by name, of equal names the last; NULL values are kept unless ABSENT ON NULL is written.
    /// </summary>
    private static Kernel Object(Call call)
    {
        bool keepsNulls = !call.Options.Contains("ABSENT ON NULL");
        (byte[] Name, int Place, JsonPrinter? Printer)[] members =
        [
            .. Enumerable.Range(0, call.Arguments.Length / 2)
                .GroupBy(i => ((Literal)call.Arguments[2 * i]).Text!)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => (Encoding.UTF8.GetBytes(group.Key), 2 * group.Last() + 1,
                    PrinterOf(call.Arguments[2 * group.Last() + 1]))),
        ];
        return Rows((a, row, text) =>
        {
            text.Append("{"u8);
            bool isFirst = true;
            foreach ((byte[] name, int place, JsonPrinter? printer) in members)
            {
                if (!keepsNulls && a[place].IsNull(row)) continue;
                if (!isFirst) text.Append(","u8);
                isFirst = false;
                JsonStrings.AppendQuoted(name, text);
                text.Append(":"u8);
                AppendItem(printer, a[place], row, text);
            }
            text.Append("}"u8);
        });
    }

    private delegate void WriteRow(ReadOnlySpan<Operand> arguments, int row, TextBuffer text);

    private static Kernel Rows(WriteRow write)
    {
        var text = new TextBuffer();
        return (arguments, count) =>
        {
            var output = new BytesColumnBuilder(count);
            for (int row = 0; row < count; row++)
            {
                text.Clear();
                write(arguments, row, text);
                output.Append(text.Written);
            }
            return output.Build();
        };
    }
}
