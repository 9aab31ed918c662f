using Millrace.Connectors.Jdbc;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;
using Millrace.Shared.Types;
using Xunit;

namespace Millrace.Connectors.Tests.Jdbc;

public sealed class JdbcOptionsTests
{
    private static readonly Schema Ids = Tables.SchemaOf(("id", LogicalType.BigInt));

    [Fact]
    public void The_specifications_template_is_read()
    {
        TableSpec table = Table(
            ("lookup.cache.max-rows", "100000"), ("lookup.cache.ttl", "1 hour"),
            ("lookup.cache.caching-missing-key", "true"), ("lookup.max-retries", "3"),
            ("connection.max-retry-timeout", "60s"), ("connection.pool.initial-size", "5"),
            ("connection.pool.max-size", "20"), ("connection.pool.max-idle-timeout", "300s"));
        JdbcOptions options = JdbcOptions.Read(table);
        Assert.Equal(new LookupCacheOptions(100_000, 3_600_000, 0, true), options.Cache);
        Assert.Equal((5, 20, TimeSpan.FromMinutes(5)),
            (options.PoolInitialSize, options.PoolMaxSize, options.PoolMaxIdle));
    }

    [Fact]
    public void The_older_cache_options_count_only_together()
    {
        Assert.Null(JdbcOptions.CacheOf(Table(("lookup.cache.max-rows", "100"))));
        Assert.Null(JdbcOptions.CacheOf(Table(("lookup.cache.ttl", "1h"))));
    }

    [Fact]
    public void A_partial_cache_has_its_own_options()
    {
        TableSpec table = Table(
            ("lookup.cache", "partial"), ("lookup.partial-cache.max-rows", "7"),
            ("lookup.partial-cache.expire-after-access", "2s"),
            ("lookup.partial-cache.cache-missing-key", "false"));
        Assert.Equal(new LookupCacheOptions(7, 0, 2000, false), new JdbcConnector().LookupCache(table));
    }

    [Theory]
    [InlineData("lookup.cache", "FULL", "does not support")]
    [InlineData("scan.partition.num", "4", "partitioned scan")]
    [InlineData("lookup.max-retires", "4", "did you mean 'lookup.max-retries'")]
    [InlineData("sink.buffer-flush.interval", "soon", "a number and a unit")]
    [InlineData("connection.pool.initial-size", "9", "at most")]
    public void What_cannot_be_honoured_is_refused(string key, string value, string message)
    {
        MillraceException e =
            Assert.Throws<MillraceException>(() => new JdbcConnector().Check(Table((key, value))));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.Invalid, e.Kind);
    }

    [Theory]
    [InlineData(
        "jdbc:mysql://db.example:3307/stats?user=me&password=hunter2", "jdbc:mysql://db.example:3307/stats")]
    [InlineData("jdbc:mysql://me:hunter2@db/stats", "jdbc:mysql://db:3306/stats")]
    [InlineData("jdbc:sqlite:/tmp/x.db", "jdbc:sqlite:/tmp/x.db")]
    public void A_url_shows_no_secret(string url, string shown) =>
        Assert.Equal(shown, JdbcOptions.Read(Tables.Of(url, Ids, [])).Url.ToString());

    [Theory]
    [InlineData("jdbc:oracle:thin")]
    [InlineData("jdbc:mysql://host")]
    [InlineData("jdbc:mysql://host:no/db")]
    [InlineData("jdbc:sqlite::memory:")]
    public void Another_url_is_refused(string url) =>
        Assert.Throws<MillraceException>(() => JdbcOptions.Read(Tables.Of(url, Ids, [])));

    [Fact]
    public void A_nested_column_is_refused()
    {
        TableSpec table =
            Tables.Of("jdbc:sqlite:x", Tables.SchemaOf(("a", LogicalType.Array(LogicalType.Int))), []);
        MillraceException e = Assert.Throws<MillraceException>(() => new JdbcConnector().Check(table));
        Assert.Contains("'a' of type ARRAY<INT>", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Updates_need_a_primary_key()
    {
        Assert.False(new JdbcConnector().Check(Table()).AcceptsUpdates);
        Assert.True(new JdbcConnector().Check(Tables.Of("jdbc:sqlite:x", Ids, [0])).AcceptsUpdates);
    }

    private static TableSpec Table(params (string Key, string Value)[] options) =>
        Tables.Of("jdbc:sqlite:x.db", Ids, [], options);
}
