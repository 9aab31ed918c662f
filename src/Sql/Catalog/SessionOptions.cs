using System.Collections.Immutable;
using System.Globalization;
using Millrace.Operators.Aggregates;
using Millrace.Operators.Sinks;
using Millrace.Shared.Options;
using Ast = Millrace.Sql.Syntax;

namespace Millrace.Sql.Catalog;

/// <summary>The options that SET has given so far, checked as they come, and what they mean.</summary>
internal sealed class SessionOptions
{
    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, string> Values => _values.ToImmutableSortedDictionary();

    public void Apply(Ast.SetStatement set)
    {
        if (set.Key is null || set.Value is null)
            throw new SqlException(
                SqlErrorKind.Unsupported, "A bare SET lists nothing here; write SET 'key' = 'value'.",
                set.Span);
        if (OptionRules.Check(set.Key, set.Value) is { } wrong)
            throw new SqlException(
                wrong.IsUnsupported ? SqlErrorKind.Unsupported : SqlErrorKind.Invalid, wrong.Message,
                set.Span);
        _values[set.Key] = set.Value;
    }

    public void Reset(Ast.ResetStatement reset)
    {
        if (reset.Key is null) _values.Clear();
        else _values.Remove(reset.Key);
    }

    public string TimeZone => _values.GetValueOrDefault("table.local-time-zone", "UTC");

    public string? JobName => _values.GetValueOrDefault("pipeline.name");

    public long StateTtlMs => Milliseconds("table.exec.state.ttl", 0);

    public long IdleTimeoutMs => Milliseconds("table.exec.source.idle-timeout", 0);

    public long WatermarkIntervalMs => Milliseconds("pipeline.auto-watermark-interval", 200);

    public int LookupCapacity => (int)Number("table.exec.async-lookup.buffer-capacity", 100);

    public long LookupTimeoutMs => Milliseconds("table.exec.async-lookup.timeout", 180_000);

    public NotNullEnforcer NotNullEnforcer =>
        Word("table.exec.sink.not-null-enforcer") == "DROP" ? NotNullEnforcer.Drop : NotNullEnforcer.Error;

    /// <summary>What the script asks for, or null where the planner's default holds.</summary>
    public int? Parallelism
    {
        get
        {
            long wanted = Number("table.exec.resource.default-parallelism", -1);
            if (wanted <= 0) wanted = Number("parallelism.default", -1);
            return wanted <= 0 ? null : (int)wanted;
        }
    }

    public int? MaxParallelism => Number("pipeline.max-parallelism", -1) is > 0 and var n ? (int)n : null;

    /// <summary>Null where mini-batch is off.</summary>
    /// <exception cref="SqlException">It is on without a size and a latency above 0.</exception>
    public MiniBatchOptions? MiniBatch(Ast.SourceSpan span)
    {
        if (Word("table.exec.mini-batch.enabled") != "TRUE") return null;
        long latency = Milliseconds("table.exec.mini-batch.allow-latency", 0);
        long size = Number("table.exec.mini-batch.size", -1);
        if (latency <= 0 || size <= 0)
            throw new SqlException(
                SqlErrorKind.Invalid,
                "With table.exec.mini-batch.enabled, table.exec.mini-batch.allow-latency and "
                + "table.exec.mini-batch.size must be set and be above 0.",
                span);
        bool isOnePhase = Word("table.optimizer.agg-phase-strategy") == "ONE_PHASE";
        return new MiniBatchOptions(latency, size, CountsGroups: !isOnePhase);
    }

    private string? Word(string key) => _values.GetValueOrDefault(key)?.ToUpperInvariant();

    private long Number(string key, long fallback) => _values.TryGetValue(key, out string? text)
        ? long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
        : fallback;

    private long Milliseconds(string key, long fallback) =>
        _values.TryGetValue(key, out string? text) && DurationText.TryParse(text, out TimeSpan duration)
            ? (long)duration.TotalMilliseconds
            : fallback;
}
