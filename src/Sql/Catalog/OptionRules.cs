using System.Collections.Frozen;
using System.Globalization;
using Millrace.Shared.Options;

namespace Millrace.Sql.Catalog;

/// <summary>
/// What SET may say: every option that is honoured, accepted without effect, or refused by name.
/// </summary>
internal static class OptionRules
{
    private static readonly FrozenDictionary<string, OptionRule> _rules = new Dictionary<string, OptionRule>
    {
        ["table.exec.state.ttl"] = new(OptionForm.Duration),
        ["table.exec.mini-batch.enabled"] = new(OptionForm.Boolean),
        ["table.exec.mini-batch.allow-latency"] = new(OptionForm.Duration),
        ["table.exec.mini-batch.size"] = new(OptionForm.Number),
        ["table.exec.source.idle-timeout"] = new(OptionForm.Duration),
        ["table.exec.source.cdc-events-duplicate"] =
            OptionRule.OneOf(["false"], "the source is not normalised by key yet"),
        ["table.exec.sink.not-null-enforcer"] = OptionRule.OneOf(["ERROR", "DROP"]),
        ["table.exec.sink.upsert-materialize"] =
            OptionRule.OneOf(["AUTO", "NONE"], "there is no upsert materializer yet"),
        ["table.exec.sink.keyed-shuffle"] =
            OptionRule.OneOf(["AUTO", "NONE"], "the exchange before a sink follows from its key"),
        ["table.exec.async-lookup.buffer-capacity"] = new(OptionForm.Number),
        ["table.exec.async-lookup.timeout"] = new(OptionForm.Duration),
        ["table.exec.async-lookup.output-mode"] = OptionRule.OneOf(["ORDERED", "ALLOW_UNORDERED"]),
        ["table.exec.resource.default-parallelism"] = new(OptionForm.Number),
        ["table.local-time-zone"] = new(OptionForm.TimeZone),
        ["parallelism.default"] = new(OptionForm.Number),
        ["pipeline.max-parallelism"] = new(OptionForm.Number),
        ["pipeline.auto-watermark-interval"] = new(OptionForm.Duration),
        ["pipeline.name"] = new(OptionForm.Text),
        ["execution.runtime-mode"] = OptionRule.OneOf(["STREAMING"], "Millrace runs streams only"),

        // These steer how Flink computes, never what: the plan here is the same with and without them.
        ["table.optimizer.agg-phase-strategy"] = OptionRule.OneOf(["AUTO", "ONE_PHASE", "TWO_PHASE"]),
        ["table.optimizer.distinct-agg.split.enabled"] = new(OptionForm.Boolean),
        ["table.optimizer.distinct-agg.split.bucket-num"] = new(OptionForm.Number),
        ["table.optimizer.incremental-agg-enabled"] = new(OptionForm.Boolean),
        ["table.optimizer.multi-join.enabled"] = new(OptionForm.Boolean),
        ["table.optimizer.non-deterministic-update.strategy"] =
            OptionRule.OneOf(["IGNORE"], "plans are not checked for it yet"),
        ["table.exec.deduplicate.insert-update-after-sensitive-enabled"] = new(OptionForm.Boolean),
        ["table.exec.rank.topn-cache-size"] = new(OptionForm.Number),
        ["table.dml-sync"] = new(OptionForm.Boolean),
        ["pipeline.object-reuse"] = new(OptionForm.Boolean),
        ["execution.buffer-timeout.interval"] = new(OptionForm.Duration),
        ["execution.buffer-timeout"] = new(OptionForm.Duration),

        ["restart-strategy.type"] = OptionRule.InYaml("runtime.restart_strategy"),
        ["restart-strategy"] = OptionRule.InYaml("runtime.restart_strategy"),
        ["restart-strategy.fixed-delay.attempts"] = OptionRule.InYaml("runtime.restart_attempts"),
        ["restart-strategy.fixed-delay.delay"] = OptionRule.InYaml("runtime.restart_delay"),
        ["execution.checkpointing.interval"] = OptionRule.InYaml("checkpoint.interval"),
        ["execution.checkpointing.timeout"] = OptionRule.InYaml("checkpoint.timeout"),
        ["execution.checkpointing.min-pause"] = OptionRule.InYaml("checkpoint.min_pause"),
        ["execution.checkpointing.max-concurrent-checkpoints"] =
            OptionRule.InYaml("checkpoint.max_concurrent"),
        ["execution.checkpointing.externalized-checkpoint-retention"] =
            OptionRule.InYaml("checkpoint.cleanup_mode"),
        ["state.backend"] = OptionRule.InYaml("state_backend.type"),
        ["state.backend.type"] = OptionRule.InYaml("state_backend.type"),
        ["state.checkpoints.dir"] = OptionRule.InYaml("state_backend.checkpoint_dir"),
        ["execution.checkpointing.dir"] = OptionRule.InYaml("state_backend.checkpoint_dir"),

        ["table.exec.emit.early-fire.enabled"] = OptionRule.NotYet("windows do not fire early or late yet"),
        ["table.exec.emit.early-fire.delay"] = OptionRule.NotYet("windows do not fire early or late yet"),
        ["table.exec.emit.late-fire.enabled"] = OptionRule.NotYet("windows do not fire early or late yet"),
        ["table.exec.emit.late-fire.delay"] = OptionRule.NotYet("windows do not fire early or late yet"),
        ["table.exec.emit.allow-lateness"] = OptionRule.NotYet("windows do not fire early or late yet"),
        ["table.exec.interval-join.min-cleanup-interval"] =
            OptionRule.NotYet("there is no interval join yet"),
    }.ToFrozenDictionary();

    /// <summary>Null where the option may have the value; else why not.</summary>
    public static (bool IsUnsupported, string Message)? Check(string key, string value)
    {
        if (!_rules.TryGetValue(key, out OptionRule? rule)) return (false, UnknownMessage(key));
        if (rule.Refusal is { } refusal && rule.Words.Length == 0)
            return (true, $"The option '{key}' is not supported: {refusal}.");
        if (rule.Accepts(value)) return null;
        return rule.Refusal is { } reason
            ? (true, $"The option '{key}' supports {string.Join(", ", rule.Words)} only: {reason}.")
            : (false, $"The option '{key}' cannot be '{value}'; write {rule.ExpectedFor(value)}.");
    }

    private static string UnknownMessage(string key)
    {
        string prefix = key[..(key.LastIndexOf('.') + 1)];
        string near = string.Join(", ", _rules.Keys
            .Where(k => prefix.Length > 0 && k.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal));
        return near.Length == 0
            ? $"There is no option '{key}'."
            : $"There is no option '{key}'; those that begin alike are {near}.";
    }
}

internal enum OptionForm
{
    Boolean,
    Number,
    Duration,
    TimeZone,
    Text,
    Word,
}

/// <param name="Words">The values of a <see cref="OptionForm.Word"/>.</param>
/// <param name="Refusal">Why other values, or all of them, are not supported.</param>
internal sealed record OptionRule(OptionForm Form, string[] Words, string? Refusal = null)
{
    public OptionRule(OptionForm form) : this(form, [])
    {
    }

    public static OptionRule OneOf(string[] words, string? refusal = null) =>
        new(OptionForm.Word, words, refusal);

    public static OptionRule InYaml(string key) =>
        new(OptionForm.Word, [], $"it belongs into the job's YAML, as job_config.{key}");

    public static OptionRule NotYet(string why) => new(OptionForm.Word, [], why);

    /// <summary>What to write instead of a value that it does not accept.</summary>
    public string ExpectedFor(string value) => Form switch
    {
        OptionForm.Boolean => "true or false",
        OptionForm.Number => "a whole number",
        OptionForm.Duration => DurationText.Expected(value, TimeSpan.MaxValue),
        OptionForm.TimeZone => "a zone such as UTC, Asia/Shanghai or +08:00",
        OptionForm.Word => $"one of {string.Join(", ", Words)}",
        _ => "a text",
    };

    public bool Accepts(string value) => Form switch
    {
        OptionForm.Boolean => value.Equals("true", StringComparison.OrdinalIgnoreCase)
            || value.Equals("false", StringComparison.OrdinalIgnoreCase),
        OptionForm.Number =>
            long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        OptionForm.Duration => DurationText.TryParse(value, out _),
        OptionForm.TimeZone => TimeZones.IsKnown(value),
        OptionForm.Word => Words.Contains(value, StringComparer.OrdinalIgnoreCase),
        _ => true,
    };
}
