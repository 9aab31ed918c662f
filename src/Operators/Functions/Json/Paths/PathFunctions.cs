using System.Globalization;
using System.Text.Json;

namespace Millrace.Operators.Functions.Json.Paths;

/// <summary>The functions at the end of a path.</summary>
internal static class PathFunctions
{
    /// <summary>Null where the function fails on the value.</summary>
    public static JsonItem? TryApply(FunctionToken function, JsonItem model)
    {
        bool isArray = model.Kind == JsonValueKind.Array;
        switch (function.Function)
        {
            case PathFunction.Length when isArray: return Number(model.Items().Count);
            case PathFunction.Length when model.Kind == JsonValueKind.Object:
                return Number(model.Members().Count);
            case PathFunction.Length: return JsonItem.Null;
            case PathFunction.Keys when model.Kind == JsonValueKind.Object:
                return JsonItem.List([.. model.Members().Select(m => JsonItem.Text(m.Key))]);
            case PathFunction.Keys: return JsonItem.Null;
            case PathFunction.First when isArray: return At(model.Items(), 0);
            case PathFunction.Last when isArray: return At(model.Items(), -1);
            case PathFunction.Index when isArray: return At(model.Items(), function.Argument);
            default: return isArray ? Aggregate(function.Function, model) : null;
        }
    }

    private static JsonItem Number(int value) =>
        JsonItem.Number(value.ToString(CultureInfo.InvariantCulture));

    private static JsonItem? At(IReadOnlyList<JsonItem> items, int index)
    {
        int place = index < 0 ? items.Count + index : index;
        return place >= 0 && place < items.Count ? items[place] : null;
    }

    /// <summary>Over the numbers of an array, as doubles; fails where there is none.</summary>
    private static JsonItem? Aggregate(PathFunction function, JsonItem model)
    {
        double[] values = [.. model.Items().Where(i => i.Kind == JsonValueKind.Number)
            .Select(i => JsonNumbers.ToDouble(i.NumberBytes()))];
        if (values.Length == 0) return null;
        double result = function switch
        {
            PathFunction.Min => values.Min(),
            PathFunction.Max => values.Max(),
            PathFunction.Sum => values.Sum(),
            PathFunction.Avg => values.Average(),
            PathFunction.Stddev => System.Math.Sqrt(
                values.Sum(v => v * v) / values.Length - System.Math.Pow(values.Average(), 2)),
            _ => double.NaN,
        };
        if (double.IsNaN(result)) return null;
        Span<byte> text = stackalloc byte[NumberText.MaxSize];
        int size = NumberText.Write(result, text);
        return JsonItem.Number(System.Text.Encoding.ASCII.GetString(text[..size]));
    }
}
