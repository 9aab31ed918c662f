using System.Text.Json;

namespace Millrace.Operators.Functions.Json.Paths;

/// <summary>
/// Walks a path over a document. A step that leads nowhere fails the walk in strict mode while all steps
/// before it were definite, and is passed over otherwise.
/// </summary>
internal readonly struct PathEvaluator
{
    private readonly PathToken[] _tokens;
    private readonly JsonItem _root;
    private readonly bool _isLax;

    private PathEvaluator(PathToken[] tokens, JsonItem root, bool isLax)
    {
        _tokens = tokens;
        _root = root;
        _isLax = isLax;
    }

    /// <summary>The value of a definite path, or the list of matches.</summary>
    /// <returns>False where the walk fails, or a definite path gives no value.</returns>
    public static bool TryRead(
        PathToken[] tokens, JsonItem start, JsonItem root, bool isLax, out JsonItem value)
    {
        var results = new List<JsonItem>();
        bool walked = new PathEvaluator(tokens, root, isLax).Walk(0, start, true, results);
        bool isDefinite = tokens.All(t => t.IsDefinite) || tokens is [.., FunctionToken];
        if (!isDefinite)
        {
            // Suppressed errors of a lax walk leave an empty list.
            value = JsonItem.List(walked ? results : []);
            return walked || isLax;
        }
        value = results.Count > 0 ? results[^1] : JsonItem.Null;
        return walked && results.Count > 0;
    }

    /// <param name="index">The step to take; behind the last one, the model is a result.</param>
    /// <param name="isUpstreamDefinite">Whether all steps before were definite.</param>
    /// <returns>False where the walk fails.</returns>
    private bool Walk(int index, JsonItem model, bool isUpstreamDefinite, List<JsonItem> results)
    {
        if (index == _tokens.Length)
        {
            results.Add(model);
            return true;
        }
        return Step(_tokens[index], index, model, isUpstreamDefinite, results);
    }

    private bool Step(
        PathToken token, int index, JsonItem model, bool isUpstreamDefinite, List<JsonItem> results)
    {
        bool onward = isUpstreamDefinite && token.IsDefinite;
        switch (token)
        {
            case MemberToken member: return Member(member.Name, index, model, isUpstreamDefinite, results);
            case MembersToken several: return Members(several, index, model, isUpstreamDefinite, results);
            case IndexToken or SliceToken when model.Kind != JsonValueKind.Array:
                return Missing(isUpstreamDefinite);
            case IndexToken indexes: return Indexes(indexes.Indexes, index, model.Items(), onward, results);
            case SliceToken slice: return Slice(slice, index, model.Items(), results);
            case WildcardToken:
                foreach (JsonItem child in Children(model)) Walk(index + 1, child, false, results);
                return true;
            case ScanToken scan: return Scan(scan.Step, index, model, results);
            case FilterToken filter:
                return Filter(filter.Condition, index, model, isUpstreamDefinite, results);
            case FunctionToken function: return Function(function, model, results);
            default: return false;
        }
    }

    /// <summary>What a step that leads nowhere means.</summary>
    private bool Missing(bool isUpstreamDefinite) => !isUpstreamDefinite || _isLax;

    private bool Member(
        string name, int index, JsonItem model, bool isUpstreamDefinite, List<JsonItem> results)
    {
        bool isLast = index == _tokens.Length - 1;
        if (model.Kind != JsonValueKind.Object) return Missing(isUpstreamDefinite);
        if (model.TryGetMember(name, out JsonItem value))
            return Walk(index + 1, value, isUpstreamDefinite, results);
        return isLast || Missing(isUpstreamDefinite);
    }

    private bool Members(
        MembersToken token, int index, JsonItem model, bool isUpstreamDefinite, List<JsonItem> results)
    {
        if (model.Kind != JsonValueKind.Object) return Missing(isUpstreamDefinite);
        var found = new List<KeyValuePair<string, JsonItem>>();
        foreach (string name in token.Names)
            if (model.TryGetMember(name, out JsonItem value)) found.Add(KeyValuePair.Create(name, value));
        if (token.IsLast)
        {
            results.Add(JsonItem.Object(found));
            return true;
        }
        foreach ((_, JsonItem value) in found)
            if (!Walk(index + 1, value, false, results)) return false;
        return true;
    }

    /// <summary>
    /// An index without an element is passed over, in strict mode too; a definite path then has no value.
    /// </summary>
    private bool Indexes(
        int[] indexes, int index, IReadOnlyList<JsonItem> items, bool isUpstreamDefinite,
        List<JsonItem> results)
    {
        foreach (int wanted in indexes)
        {
            int place = wanted < 0 ? items.Count + wanted : wanted;
            if (place < 0 || place >= items.Count) continue;
            if (!Walk(index + 1, items[place], isUpstreamDefinite, results)) return false;
        }
        return true;
    }

    /// <summary>A negative bound counts from the end where it is the only one.</summary>
    private bool Slice(SliceToken slice, int index, IReadOnlyList<JsonItem> items, List<JsonItem> results)
    {
        int from = slice.From ?? 0;
        int to = slice.To ?? items.Count;
        if (slice.To is null && from < 0) from = System.Math.Max(0, items.Count + from);
        if (slice.From is null && to < 0) to = items.Count + to;
        for (int i = from; i < System.Math.Min(to, items.Count); i++)
            if (!Indexes([i], index, items, false, results)) return false;
        return true;
    }

    private static IEnumerable<JsonItem> Children(JsonItem model) => model.Kind switch
    {
        JsonValueKind.Array => model.Items(),
        JsonValueKind.Object => model.Members().Select(m => m.Value),
        _ => [],
    };

    /// <summary>The step at this value, then below each of its children.</summary>
    private bool Scan(PathToken step, int index, JsonItem model, List<JsonItem> results)
    {
        if (Fits(step, model) && !Step(step, index, model, false, results)) return false;
        foreach (JsonItem child in Children(model))
            if (!child.IsScalar && !Scan(step, index, child, results)) return false;
        return true;
    }

    private static bool Fits(PathToken step, JsonItem model) => step switch
    {
        MemberToken member => model.Kind == JsonValueKind.Object && model.TryGetMember(member.Name, out _),
        MembersToken => model.Kind == JsonValueKind.Object,
        IndexToken or SliceToken => model.Kind == JsonValueKind.Array,
        _ => true,
    };

    private bool Filter(
        FilterExpression condition, int index, JsonItem model, bool isUpstreamDefinite,
        List<JsonItem> results)
    {
        if (model.IsScalar) return !isUpstreamDefinite;
        IReadOnlyList<JsonItem> candidates = model.Kind == JsonValueKind.Array ? model.Items() : [model];
        foreach (JsonItem candidate in candidates)
            if (FilterEvaluator.Accepts(condition, candidate, _root)
                && !Walk(index + 1, candidate, false, results))
                return false;
        return true;
    }

    private static bool Function(FunctionToken function, JsonItem model, List<JsonItem> results)
    {
        if (PathFunctions.TryApply(function, model) is not { } value) return false;
        results.Add(value);
        return true;
    }
}
