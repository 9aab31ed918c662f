using Millrace.Shared.Columns;

namespace Millrace.Operators.Lookups;

/// <summary>Keys asked for in one call.</summary>
/// <param name="Keys">One row a key; owned by the request, released when it has been answered.</param>
/// <param name="Entries">The cache entry of each key.</param>
/// <param name="Attempt">0 for the first lookup, then the number of the LOOKUP hint's retry.</param>
internal sealed record LookupRequest(ColumnBatch Keys, int[] Entries, int Attempt);
