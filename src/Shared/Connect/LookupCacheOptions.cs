namespace Millrace.Shared.Connect;

/// <summary>How a lookup join keeps what a dimension table answered.</summary>
/// <param name="MaxRows">Keys kept; the one used longest ago goes first. 0 for no bound.</param>
/// <param name="ExpireAfterWriteMs">0 never expires.</param>
/// <param name="ExpireAfterAccessMs">0 never expires.</param>
/// <param name="CachesMissing">Whether keys without a row are kept too.</param>
public sealed record LookupCacheOptions(
    long MaxRows,
    long ExpireAfterWriteMs,
    long ExpireAfterAccessMs,
    bool CachesMissing);
