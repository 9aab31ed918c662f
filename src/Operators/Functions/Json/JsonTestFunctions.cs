using System.Collections.Immutable;
using System.Text.Json;
using Millrace.Operators.Expressions;
using Millrace.Operators.Functions.Json.Paths;
using Millrace.Operators.Functions.Strings;
using Millrace.Shared.Columns;
using Millrace.Shared.Expressions;
using Millrace.Shared.Types;

namespace Millrace.Operators.Functions.Json;

/// <summary>JSON_EXISTS and IS JSON.</summary>
internal static class JsonTestFunctions
{
    public static FunctionDefinition[] All { get; } =
    [
        new("JSON_EXISTS", BindExists,
            (call, _) => Exists(JsonOptions.Of(call.Options).OnError ?? JsonChoice.False)),
        new("IS JSON", BindIsJson, (call, _) => IsJson(call, true)),
        new("IS NOT JSON", BindIsJson, (call, _) => IsJson(call, false)),
    ];

    private static Call BindExists(CallSite site)
    {
        JsonOptions.Of(site.Options);
        ImmutableArray<Expr> arguments = Signature.Check(site, 2, Parameter.String, Parameter.String);
        return site.CallExactly(LogicalType.Boolean, arguments);
    }

    /// <summary>Whether the path gives a value that is not null, or a list, even an empty one.</summary>
    private static Kernel Exists(JsonChoice onError)
    {
        var paths = new PatternCache<JsonPath>(path => JsonPath.Parse(Utf8Text.Decode(path)));
        return RowKernels.Nullable<bool>((a, row) =>
        {
            JsonPath path = paths.Get(a[1].Bytes(row));
            if (Find(path, a[0].Bytes(row)) is { } exists) return exists;
            return onError switch
            {
                JsonChoice.True => true,
                JsonChoice.False => false,
                JsonChoice.Error =>
                    throw JsonOptions.Failure("JSON_EXISTS", Utf8Text.Decode(a[1].Bytes(row)), false),
                _ => null,
            };
        });
    }

    /// <summary>Null for an error.</summary>
    private static bool? Find(JsonPath path, ReadOnlySpan<byte> text)
    {
        if (path.MemberNames is { } names)
        {
            bool isRead = MemberScan.TryFind(text, names, out MemberScan found);
            bool exists = isRead && found.Kind is not (JsonTokenType.None or JsonTokenType.Null);
            return exists ? true : path.IsLax ? false : null;
        }
        using JsonReading reading = JsonReading.Read(path, text);
        return reading.IsFailed ? null : !reading.Item.IsNull;
    }

    private static Call BindIsJson(CallSite site)
    {
        ImmutableArray<Expr> arguments = Signature.Check(site, 1, Parameter.String);
        return site.CallExactly(LogicalType.Boolean.NotNull(), arguments);
    }

    /// <summary>NULL is no JSON, and that is no NULL.</summary>
    private static Kernel IsJson(Call call, bool expected)
    {
        string kind = call.Options.IsDefaultOrEmpty ? "VALUE" : call.Options[0];
        return (a, count) =>
        {
            bool[] values = FixedColumn<bool>.Rent(count);
            for (int row = 0; row < count; row++)
                values[row] =
                    (!a[0].IsNull(row) && IsOfKind(JsonTexts.KindOf(a[0].Bytes(row)), kind)) == expected;
            return new FixedColumn<bool>(values, count);
        };
    }

    private static bool IsOfKind(JsonTokenType? token, string kind) => kind switch
    {
        "OBJECT" => token == JsonTokenType.StartObject,
        "ARRAY" => token == JsonTokenType.StartArray,
        "SCALAR" => token is not (null or JsonTokenType.StartObject or JsonTokenType.StartArray),
        _ => token is not null,
    };
}
