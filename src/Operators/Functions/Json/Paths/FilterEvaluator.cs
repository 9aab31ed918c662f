using System.Text;
using System.Text.Json;
using Millrace.Operators.Functions.Strings;

namespace Millrace.Operators.Functions.Json.Paths;

/// <summary>
/// Whether a value fulfils the condition of a filter; values of different kinds are never equal.
/// </summary>
internal static class FilterEvaluator
{
    public static bool Accepts(FilterExpression condition, JsonItem item, JsonItem root) => condition switch
    {
        FilterGroup { IsAnd: true } group => group.Parts.All(part => Accepts(part, item, root)),
        FilterGroup group => group.Parts.Any(part => Accepts(part, item, root)),
        FilterNot not => !Accepts(not.Inner, item, root),
        FilterExists exists => Value(exists.Path, item, root) is not null,
        FilterComparison comparison => Compare(
            comparison, Value(comparison.Left, item, root), Value(comparison.Right, item, root)),
        _ => false,
    };

    /// <summary>Null for a path that leads nowhere.</summary>
    private static JsonItem? Value(FilterOperand operand, JsonItem item, JsonItem root)
    {
        if (operand.Path is null) return operand.Constant;
        JsonItem start = operand.IsFromRoot ? root : item;
        return PathEvaluator.TryRead(operand.Path, start, root, false, out JsonItem value) ? value : null;
    }

    private static bool Compare(FilterComparison comparison, JsonItem? left, JsonItem? right)
    {
        FilterOperator op = comparison.Operator;
        if (op == FilterOperator.NotEqual) return !AreEqual(left, right);
        if (left is not { } a || right is not { } b) return false;
        switch (op)
        {
            case FilterOperator.Equal: return AreEqual(left, right);
            case FilterOperator.Matches: return Matches(comparison.Right, a);
            case FilterOperator.Contains: return Contains(a, b);
            case FilterOperator.Size:
                return Size(a) is { } size && b.Kind == JsonValueKind.Number && Number(b) == size;
            case FilterOperator.Empty:
                return Size(a) is { } count
                    && b.Kind == (count == 0 ? JsonValueKind.True : JsonValueKind.False);
            default: return Order(a, b) is { } order && Holds(op, order);
        }
    }

    private static bool Holds(FilterOperator op, int order) => op switch
    {
        FilterOperator.Less => order < 0,
        FilterOperator.LessOrEqual => order <= 0,
        FilterOperator.Greater => order > 0,
        _ => order >= 0,
    };

    /// <summary>Null where the two have no order.</summary>
    private static int? Order(JsonItem a, JsonItem b)
    {
        if (a.Kind == JsonValueKind.Number && b.Kind == JsonValueKind.Number)
            return Number(a).CompareTo(Number(b));
        bool areTexts = a.Kind == JsonValueKind.String && b.Kind == JsonValueKind.String;
        return areTexts ? string.CompareOrdinal(Text(a), Text(b)) : null;
    }

    private static bool AreEqual(JsonItem? left, JsonItem? right)
    {
        if (left is not { } a || right is not { } b) return false;
        if (a.IsNull || b.IsNull) return a.IsNull && b.IsNull;
        if (a.IsScalar && b.IsScalar && Order(a, b) is { } order) return order == 0;
        return a.Kind == b.Kind && Json(a) == Json(b);
    }

    private static bool Matches(FilterOperand regex, JsonItem item)
    {
        if (regex.Regex is not { } pattern || !item.IsScalar) return false;
        string text = Text(item);
        return JavaRegex.Guard(pattern, () => pattern.IsMatch(text));
    }

    private static bool Contains(JsonItem whole, JsonItem part)
    {
        if (whole.Kind == JsonValueKind.Array) return whole.Items().Any(i => AreEqual(i, part));
        return whole.Kind == JsonValueKind.String && part.IsScalar &&
            Text(whole).Contains(Text(part), StringComparison.Ordinal);
    }

    private static int? Size(JsonItem item) => item.Kind switch
    {
        JsonValueKind.Array => item.Items().Count,
        JsonValueKind.Object => item.Members().Count,
        JsonValueKind.String => Text(item).Length,
        _ => null,
    };

    private static double Number(JsonItem item) => JsonNumbers.ToDouble(item.NumberBytes());

    private static string Text(JsonItem item)
    {
        var buffer = new TextBuffer();
        item.AppendText(buffer);
        return Encoding.UTF8.GetString(buffer.Written);
    }

    private static string Json(JsonItem item)
    {
        var buffer = new TextBuffer();
        item.AppendJson(buffer);
        return Encoding.UTF8.GetString(buffer.Written);
    }
}
