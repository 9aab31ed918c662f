using Millrace.Connectors.Options;
using Millrace.Shared.Connect;
using Millrace.Shared.Options;

namespace Millrace.Connectors.Jdbc;

/// <summary>
/// The WITH options of a <c>jdbc</c> table: Flink's names and defaults, and the specification's
/// <c>connection.pool.*</c> (4.3.1).
/// </summary>
/// <param name="LookupRetries">Further tries after the first; they wait 0, 1, 2, … seconds.</param>
/// <param name="SinkFlushRows">Buffered rows at which the sink writes; it takes whole batches, so it may
/// write more at once.</param>
/// <param name="SinkFlushInterval">How long a row waits at most; zero for no limit.</param>
/// <param name="SinkFencing">Ours: whether a sink keeps <see cref="Fence"/>'s table.</param>
/// <param name="PoolInitialSize">Connections that a lookup opens beforehand.</param>
/// <param name="PoolMaxSize">Lookups of one subtask that run at the same time.</param>
internal sealed record JdbcOptions(
    JdbcUrl Url,
    string TableName,
    string? UserName,
    string? Password,
    TimeSpan ConnectionTimeout,
    LookupCacheOptions? Cache,
    int LookupRetries,
    int SinkFlushRows,
    TimeSpan SinkFlushInterval,
    int SinkRetries,
    bool SinkFencing,
    int PoolInitialSize,
    int PoolMaxSize,
    TimeSpan PoolMaxIdle)
{
    private const long DefaultCacheRows = 100_000;

    public static LookupCacheOptions? CacheOf(TableSpec table) => Read(table).Cache;

    /// <exception cref="Shared.Errors.MillraceException">Invalid: unknown, missing or malformed
    /// options.</exception>
    public static JdbcOptions Read(TableSpec table)
    {
        var options = new OptionReader(table);
        var read = new JdbcOptions(
            JdbcUrl.Parse(options.Required("url"), options),
            options.Required("table-name"),
            options.Text("username"),
            options.Text("password"),
            options.Duration(
                "connection.max-retry-timeout", TimeSpan.FromSeconds(60), DurationText.LongestWait),
            ReadCache(options),
            options.Int32("lookup.max-retries", 3),
            options.Int32("sink.buffer-flush.max-rows", 100),
            options.Duration(
                "sink.buffer-flush.interval", TimeSpan.FromSeconds(1), DurationText.LongestWait),
            options.Int32("sink.max-retries", 3),
            options.Boolean("sink.fencing", true),
            options.Int32("connection.pool.initial-size", 0),
            options.Int32("connection.pool.max-size", 4, minimum: 1),
            options.Duration("connection.pool.max-idle-timeout", TimeSpan.FromMinutes(5)));
        ReadIgnored(options);
        options.End();
        if (read.PoolInitialSize > read.PoolMaxSize)
            throw options.Malformed("connection.pool.initial-size", "at most 'connection.pool.max-size'");
        return read;
    }

    private static LookupCacheOptions? ReadCache(OptionReader options)
    {
        long legacyRows = options.Int64("lookup.cache.max-rows", 0);
        TimeSpan legacyTtl = options.Duration("lookup.cache.ttl", TimeSpan.Zero);
        bool legacyMissing = options.Boolean("lookup.cache.caching-missing-key", true);
        var partial = new LookupCacheOptions(
            options.Int64("lookup.partial-cache.max-rows", DefaultCacheRows, minimum: 1),
            Milliseconds(options.Duration("lookup.partial-cache.expire-after-write", TimeSpan.Zero)),
            Milliseconds(options.Duration("lookup.partial-cache.expire-after-access", TimeSpan.Zero)),
            options.Boolean("lookup.partial-cache.cache-missing-key", true));
        string kind = options.Choice("lookup.cache", "NONE", "NONE", "PARTIAL", "FULL");
        if (kind == "FULL")
            throw options.Error("asks for 'lookup.cache' = 'FULL', which Millrace does not support yet; "
                + "write PARTIAL or NONE");
        if (kind == "PARTIAL") return partial;
        // Flink's rule: the older options make a cache only together.
        return legacyRows > 0 && legacyTtl > TimeSpan.Zero
            ? new LookupCacheOptions(legacyRows, Milliseconds(legacyTtl), 0, legacyMissing)
            : null;
    }

    private static long Milliseconds(TimeSpan duration) => (long)Math.Ceiling(duration.TotalMilliseconds);

    /// <summary>Options that have a meaning in Flink and none here, and those that are refused.</summary>
    private static void ReadIgnored(OptionReader options)
    {
        foreach (string key in (ReadOnlySpan<string>)["driver", "compatible-mode", "filter.handling.policy"])
            options.Text(key);
        options.Int32("scan.fetch-size", 0);
        options.Boolean("scan.auto-commit", true);
        options.Int32("sink.parallelism", 1, minimum: 1);
        options.Text("lookup.async");
        foreach (string key in (ReadOnlySpan<string>)["column", "num", "lower-bound", "upper-bound"])
            if (options.Has($"scan.partition.{key}"))
                throw options.Error($"asks for a partitioned scan with 'scan.partition.{key}', which "
                    + "Millrace does not support yet; leave it out to read the table in one scan");
    }
}
