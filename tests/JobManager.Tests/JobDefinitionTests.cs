using Millrace.JobManager.Configuration;
using Millrace.Shared.Errors;
using Xunit;

namespace Millrace.JobManager.Tests;

public sealed class JobDefinitionTests : IDisposable
{
    private const string Template = """
        job_config:
          name: "learning_wide_table_job"
          description: "wide"
          runtime:
            parallelism: 2
            max_parallelism: 128
            restart_strategy: "fixed-delay"
            restart_attempts: 3
            restart_delay: "30s"
          checkpoint:
            interval: "60s"
            timeout: "300s"
            min_pause: "10s"
            max_concurrent: 1
            cleanup_mode: "RETAIN_ON_CANCELLATION"
          state_backend:
            type: "hashmap"
            checkpoint_dir: "/tmp/checkpoints"
          resources:
            jobmanager:
              memory: "2048mb"
              cpu: 1
            taskmanager:
              memory: "4096mb"
              cpu: 2
              slots: 2
        sql: job.sql
        variables:
          events: in
          out: "it's.db"

        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-test-");
    private string _sql = "INSERT INTO t SELECT '$.x', '${out}' FROM ${events};\n";

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_template_of_the_specification_is_read()
    {
        JobDefinition job = Load(Template);
        Assert.Equal("learning_wide_table_job", job.Name);
        Assert.Equal((2, 128), (job.Parallelism, job.MaxParallelism));
        Assert.Equal(
            new RestartOptions { Attempts = 3, Delay = TimeSpan.FromSeconds(30) }, job.Options.Restart);
        Assert.Equal(
            new CheckpointOptions
            {
                Interval = TimeSpan.FromSeconds(60),
                Timeout = TimeSpan.FromMinutes(5),
                MinPause = TimeSpan.FromSeconds(10),
                Directory = "/tmp/checkpoints",
            },
            job.Options.Checkpoint);
        Assert.Equal((2048L << 20, 2), (job.Resources.JobManagerMemoryBytes, job.Resources.TaskManagerSlots));
        Assert.Equal("INSERT INTO t SELECT '$.x', 'it''s.db' FROM in;\n", job.Sql);
    }

    [Fact]
    public void Overrides_win_over_the_file()
    {
        JobDefinition job = JobDefinition.Load(
            Write(Template),
            new Dictionary<string, string> { ["events"] = "elsewhere" },
            new Dictionary<string, string>
            {
                ["runtime.restart_delay"] = "200ms",
                ["checkpoint.num_retained"] = "5",
                ["runtime.restart_attempts"] = "2147483647",
            });
        Assert.Equal(TimeSpan.FromMilliseconds(200), job.Options.Restart.Delay);
        Assert.Equal(int.MaxValue, job.Options.Restart.Attempts);
        Assert.Equal(5, job.Options.Checkpoint.Retained);
        Assert.EndsWith("FROM elsewhere;\n", job.Sql, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("restart_delay", "restart_dellay",
        ":9:5: There is no key 'restart_dellay' below 'job_config.runtime'; the nearest one is "
        + "'restart_delay'.")]
    [InlineData(
        "\"30s\"", "\"30 parsecs\"", ":9:20: 'runtime.restart_delay' is '30 parsecs'; write a duration")]
    [InlineData(
        "parallelism: 2", "parallelism: two", ":5:18: 'runtime.parallelism' is 'two'; write a whole number")]
    [InlineData(
        "max_parallelism: 128", "max_parallelism: 1", ":6:22: max_parallelism 1 is below parallelism 2.")]
    [InlineData(
        "hashmap", "rocksdb", ":17:11: The state backend 'rocksdb' is not supported yet; write hashmap.")]
    [InlineData("/tmp/checkpoints", "hdfs://namenode:9000/c",
        ":18:21: Checkpoints on 'hdfs://' are not supported yet")]
    [InlineData("fixed-delay", "failure-rate",
        ":8:23: 'runtime.restart_attempts' means nothing to the restart strategy 'failure-rate'")]
    [InlineData("fixed-delay", "sometimes",
        ":7:23: 'runtime.restart_strategy' is 'sometimes'; write one of fixed-delay, failure-rate, "
        + "exponential-delay, none.")]
    [InlineData("restart_delay: \"30s\"", "slot_timeout: 0s",
        ":9:19: 'runtime.slot_timeout' is '0s'; write a duration above 0")]
    [InlineData(
        "RETAIN_ON_CANCELLATION", "KEEP", ":15:19: 'checkpoint.cleanup_mode' is 'KEEP'; write one of RETAIN")]
    [InlineData("sql: job.sql", "sql: other.sql", "other.sql does not exist")]
    [InlineData("sql: job.sql\n", "", "'sql' is missing")]
    [InlineData("  name: \"learning_wide_table_job\"\n", "", "'job_config.name' is missing")]
    [InlineData("      cpu: 1", "      cpu: 1\n      cpu: 2", ": This is not YAML")]
    [InlineData("  runtime:", "  runtime: 5\n  runtime2:", ":4:12: 'job_config.runtime' is a section")]
    public void What_is_wrong_is_named_with_its_place(string right, string wrong, string message)
    {
        var error = Assert.Throws<MillraceException>(
            () => Load(Template.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("runtime.speed", "docs/job-files.md lists them")]
    [InlineData("runtime.paralelism", "the nearest one is 'runtime.parallelism'")]
    [InlineData("restart_delay", "the nearest one is 'runtime.restart_delay'")]
    [InlineData(
        "job_config.runtime.parallelism", "leave 'job_config.' out and write runtime.parallelism")]
    [InlineData("job_config.checkpoint.intervall", "leave 'job_config.' out and write checkpoint.interval")]
    public void An_override_of_an_unknown_key_is_refused_with_the_one_that_was_meant(
        string key, string suggestion)
    {
        var error = Assert.Throws<MillraceException>(() => JobDefinition.Load(
            Write(Template), null, new Dictionary<string, string> { [key] = "9" }));
        Assert.Equal(
            $"--conf {key}: There is no such key below 'job_config'; {suggestion}.", error.Message);
    }

    [Theory]
    [InlineData("100000d")]
    [InlineData("99999999999999999999999999d")]
    public void A_duration_that_is_too_long_is_refused_with_the_longest(string text)
    {
        var error = Assert.Throws<MillraceException>(() => JobDefinition.Load(
            Write(Template), null, new Dictionary<string, string> { ["runtime.restart_delay"] = text }));
        Assert.Equal(
            $"--conf runtime.restart_delay: 'runtime.restart_delay' is '{text}'; write at most 24d.",
            error.Message);
    }

    [Fact]
    public void A_wrong_override_is_named()
    {
        var error = Assert.Throws<MillraceException>(() => JobDefinition.Load(
            Write(Template), null, new Dictionary<string, string> { ["checkpoint.interval"] = "soon" }));
        Assert.StartsWith("--conf checkpoint.interval: 'checkpoint.interval' is 'soon'", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_variable_is_named_with_its_place_in_the_sql()
    {
        _sql = "SELECT 1;\n-- ${nothing} here, 'nor\nSELECT /* ${this} */ ${outt};";
        var error = Assert.Throws<MillraceException>(() => Load(Template));
        Assert.Contains("job.sql:3:22: There is no variable 'outt': the nearest one is 'out'", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_failure_rate_strategy_has_keys_of_its_own()
    {
        RestartOptions restart = Runtime(
            "restart_strategy: failure-rate",
            "restart_max_failures_per_interval: 3",
            "restart_failure_rate_interval: 5min",
            "restart_delay: 2s");
        Assert.Equal(
            (RestartStrategyKind.FailureRate, 3, TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(2)),
            (restart.Strategy, restart.MaxFailuresPerInterval, restart.FailureRateInterval, restart.Delay));
    }

    [Fact]
    public void The_exponential_delay_strategy_has_keys_of_its_own()
    {
        RestartOptions restart = Runtime(
            "restart_strategy: exponential-delay",
            "restart_initial_backoff: 500ms",
            "restart_max_backoff: 20s",
            "restart_backoff_multiplier: 2",
            "restart_jitter_factor: 0",
            "restart_reset_backoff_threshold: 10min",
            "restart_attempts_before_reset_backoff: 7");
        Assert.Equal(
            new RestartOptions
            {
                Strategy = RestartStrategyKind.ExponentialDelay,
                Delay = TimeSpan.FromMilliseconds(500),
                MaxDelay = TimeSpan.FromSeconds(20),
                DelayMultiplier = 2,
                Jitter = 0,
                ResetAfter = TimeSpan.FromMinutes(10),
                Attempts = 7,
            },
            restart);
    }

    [Theory]
    [InlineData("restart_backoff_multiplier: 1", "write a number above 1")]
    [InlineData("restart_jitter_factor: 1.5", "write a number from 0 to 1")]
    [InlineData("restart_max_backoff: 900ms", "is shorter than the first delay, 1 s")]
    [InlineData("restart_delay: 1s", "means nothing to the restart strategy 'exponential-delay'")]
    public void Delays_that_make_no_sense_are_refused(string line, string message) => Assert.Contains(
        message,
        Assert.Throws<MillraceException>(() => Runtime("restart_strategy: exponential-delay", line)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void With_checkpoints_and_nothing_said_delays_grow_without_an_end()
    {
        JobDefinition job = Load(
            "job_config: { name: small, checkpoint: { interval: 1s } }\nsql: job.sql\n"
            + "variables: { out: a, events: b }");
        Assert.Equal(
            (RestartStrategyKind.ExponentialDelay, int.MaxValue),
            (job.Options.Restart.Strategy, job.Options.Restart.Attempts));
    }

    [Fact]
    public void Settings_come_back_from_their_message_as_they_were()
    {
        JobOptions options = Load(Template).Options with
        {
            Restart = new RestartOptions
            {
                Strategy = RestartStrategyKind.ExponentialDelay,
                Attempts = 5,
                Delay = TimeSpan.FromSeconds(2),
                MaxFailuresPerInterval = 4,
                FailureRateInterval = TimeSpan.FromSeconds(7),
                MaxDelay = TimeSpan.FromSeconds(9),
                DelayMultiplier = 1.25,
                Jitter = 0.5,
                ResetAfter = TimeSpan.FromSeconds(11),
            },
            SlotTimeout = TimeSpan.FromSeconds(13),
        };
        options = options with
        {
            Checkpoint = options.Checkpoint with
            {
                AlignedTimeout = TimeSpan.FromSeconds(1),
                TolerableFailures = 2,
            },
        };
        Assert.Equal(options, JobSettingsCodec.FromMessage(JobSettingsCodec.ToMessage(options)));
    }

    [Fact]
    public void Without_checkpoints_nothing_is_restarted_unless_it_is_asked_for()
    {
        JobDefinition job = Load(
            "job_config: { name: small }\nsql: job.sql\nvariables: { out: a, events: b }");
        Assert.Equal(RestartStrategyKind.None, job.Options.Restart.Strategy);
        Assert.Null(job.Options.Checkpoint.Interval);
    }

    private RestartOptions Runtime(params string[] lines) => Load(
        "job_config:\n  name: small\n  runtime:\n    " + string.Join("\n    ", lines)
        + "\nsql: job.sql\nvariables: { out: a, events: b }").Options.Restart;

    private JobDefinition Load(string yaml) => JobDefinition.Load(Write(yaml));

    private string Write(string yaml)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "job.sql"), _sql);
        string path = Path.Combine(_folder.FullName, "job.yaml");
        File.WriteAllText(path, yaml);
        return path;
    }
}
