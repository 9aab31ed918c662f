using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Metrics;

namespace Millrace.Shared.Connect;

/// <summary>The connectors by the value of the option <c>connector</c>.</summary>
public interface IConnectorRegistry
{
    /// <exception cref="Errors.MillraceException">
    /// Invalid: no such connector; the message lists those there are.
    /// </exception>
    IConnector Find(TableSpec table);
}

/// <summary>
/// One kind of outside system. Option checks are pure and run where the job
/// is planned; the rest runs in subtasks.
/// </summary>
public interface IConnector
{
    /// <summary>The value of the option <c>connector</c>.</summary>
    string Name { get; }

    /// <summary>
    /// What the table can be used for; checks every option (unknown, missing, malformed: Invalid, naming
    /// table, option and what to write).
    /// </summary>
    TableAbilities Check(TableSpec table);

    /// <summary>
    /// The table with every place of this machine that its options name made absolute: a relative one is below
    /// <paramref name="folder"/>, where the job was submitted. Pure; options that are wrong stay as they are.
    /// </summary>
    TableSpec Locate(TableSpec table, string folder) => table;

    ISourceConnector OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context);

    ISinkWriter OpenSink(TableSpec table, ConnectorContext context);

    ILookup OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context);

    /// <summary>
    /// How a lookup join caches this table, by its options; null for no cache. Pure, as <see cref="Check"/>.
    /// </summary>
    LookupCacheOptions? LookupCache(TableSpec table) => null;
}

/// <param name="CanScan">It is a source.</param>
/// <param name="CanSink">It is a sink.</param>
/// <param name="CanLookup">It can be the right side of a lookup join.</param>
/// <param name="DecodesJsonFields">Scans can give <see cref="JsonScanColumn"/>s.</param>
/// <param name="AcceptsUpdates">As a sink it takes updates and deletes (else inserts only).</param>
/// <param name="ScanEmitsChanges">As a source its rows carry change kinds.</param>
/// <param name="CommitsAtCheckpoints">
/// As a sink it has an <see cref="ICommittingSinkWriter"/>: what is written takes effect with a checkpoint.
/// </param>
/// <param name="MetadataKeys">What a METADATA column may name.</param>
public sealed record TableAbilities(
    bool CanScan = false,
    bool CanSink = false,
    bool CanLookup = false,
    bool DecodesJsonFields = false,
    bool AcceptsUpdates = false,
    bool ScanEmitsChanges = false,
    bool CommitsAtCheckpoints = false,
    params string[] MetadataKeys);

/// <summary>What a connector's instance in a subtask may use.</summary>
public sealed record ConnectorContext(
    string JobId,
    string OperatorUid,
    int Attempt,
    int SubtaskIndex,
    int Parallelism,
    TimeProvider Time,
    MetricGroup Metrics)
{
    /// <summary>
    /// The subtasks of the operator that this attempt replaces; null: all that there ever were. A sink raises
    /// their stored attempts before it writes.
    /// </summary>
    public IReadOnlyList<int>? ReplacedSubtasks { get; init; }

    /// <summary>
    /// The highest complete checkpoint or savepoint of the job when the attempt began; 0: none. A higher one that
    /// an earlier attempt took part in can't become complete any more.
    /// </summary>
    public CheckpointId LastCheckpoint { get; init; }

    /// <summary>The subtask is to end: a call that waits for something outside ends early, in any way.</summary>
    public CancellationToken Cancel { get; init; }
}

/// <summary>A source in one subtask: finds the splits of the table and opens them.</summary>
public interface ISourceConnector : IDisposable
{
    /// <summary>
    /// All splits of the table now, in a stable order; subtask i of p reads those with index i, i + p, ….
    /// </summary>
    IReadOnlyList<string> Splits();

    /// <param name="position">
    /// From <see cref="ISplitReader.Position"/>, or null to start at the beginning.
    /// </param>
    ISplitReader Open(string split, byte[]? position);
}

public enum SplitState
{
    /// <summary>The call gave a batch; there may be more.</summary>
    HasRows,

    /// <summary>Nothing to read now; more may come.</summary>
    Waiting,

    /// <summary>Nothing will come any more.</summary>
    Ended,
}

/// <summary>
/// Reads one split in order. Used by one thread. Longer than for a disk (for a database's answer) it waits
/// only until <see cref="ConnectorContext.Cancel"/> is canceled.
/// </summary>
public interface ISplitReader : IDisposable
{
    /// <param name="maxRows">At most so many rows, 1 to <see cref="ColumnBatch.MaxRows"/>.</param>
    /// <param name="batch">
    /// With HasRows a batch of the scan's columns that the caller owns (it may be empty).
    /// </param>
    SplitState Read(int maxRows, out ColumnBatch? batch);

    /// <summary>Where to go on after the rows read so far.</summary>
    byte[] Position { get; }

    /// <summary>Bytes of the split not read yet, or -1 where that is unknown.</summary>
    long RemainingBytes { get; }
}

/// <summary>
/// A sink in one subtask. Its rows take effect when it flushes, also those that a restart brings again; one
/// that can't have them twice is an <see cref="ICommittingSinkWriter"/>.
/// </summary>
public interface ISinkWriter : IDisposable
{
    /// <summary>Takes rows of the table's physical columns; lent for the call. May buffer.</summary>
    void Write(ColumnBatch batch);

    /// <summary>
    /// Nothing is buffered any more (at a barrier and at the end of input): what was written has taken effect,
    /// or will when it is committed (<see cref="ICommittingSinkWriter"/>).
    /// </summary>
    void Flush();
}

/// <summary>What a lookup join asks of a dimension table.</summary>
/// <param name="KeyColumns">Indexes into the physical columns that the keys are compared with.</param>
/// <param name="OutputColumns">Indexes of the physical columns wanted back.</param>
public sealed record LookupSpec(
    System.Collections.Immutable.ImmutableArray<int> KeyColumns,
    System.Collections.Immutable.ImmutableArray<int> OutputColumns);

/// <summary>
/// A dimension table that answers keys, many at once. Retries are its own affair; caching is the operator's.
/// Dispose ends what is under way, in any way, and waits for none of it.
/// </summary>
public interface ILookup : IDisposable
{
    /// <summary>The most keys that one call takes.</summary>
    int MaxKeys { get; }

    /// <param name="keys">
    /// One row a key, distinct, without nulls; the key columns of the spec,
    /// in order. Lent until the task ends.
    /// </param>
    /// <exception cref="Errors.MillraceException">
    /// Unavailable after the configured retries; Invalid: the table or a column is missing.
    /// </exception>
    Task<LookupResult> LookupAsync(ColumnBatch keys, CancellationToken cancel);
}

/// <summary>The rows found, in any order, and for each the row of the key batch that it answers.</summary>
/// <param name="Rows">The output columns of the spec; owned by the receiver.</param>
/// <param name="KeyRows">One index into the keys a row.</param>
public sealed record LookupResult(ColumnBatch Rows, int[] KeyRows);
