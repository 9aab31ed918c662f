using System.Globalization;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;

namespace Millrace.Connectors.Jdbc;

/// <summary>
/// Which attempt may write the part of a sink that one subtask writes; immutable, told by numbers in a table
/// beside the results.
/// <para>
/// The problem: a process that was stopped, or cut off, is taken for dead; its work is done again elsewhere;
/// then it wakes in the middle of a write. Nothing that it is told, and no clock, can keep that write from
/// coming late. So the database decides.
/// </para>
/// <para>
/// The invariant: when an attempt has written anything, or has let a barrier pass, no earlier attempt that it
/// replaces can commit to the result table any more. The table <see cref="TableName"/> holds the highest
/// attempt that stands for each subtask of each sink, and numbers there only rise. The first flush takes
/// over: before it writes, it raises those of all the subtasks that the attempt replaces. Every flush is one
/// transaction that reads its own row under lock, writes, and commits only where its own attempt stands.
/// Raising waits for that lock, so a flush lies wholly before the successor's first or is rejected.
/// </para>
/// <para>
/// An attempt that replaces everything also raises the row <see cref="Everyone"/>, which a first flush
/// compares with: a subtask that had no row yet (it was slow, or a rescale took it away) can't begin behind
/// the successor. After a rescaling every attempt replaces everything until a checkpoint is complete, for
/// which each subtask has taken over: an attempt of a region alone never meets subtasks of another
/// parallelism. A row that is missing is as good as a higher number. What an earlier attempt writes before
/// the first flush is as if it had been written before the restart: it is written again.
/// </para>
/// </summary>
internal sealed class Fence
{
    public const string TableName = "millrace_fencing";

    /// <summary>The subtask under which the last attempt stands that replaced all of the sink.</summary>
    public const int Everyone = -1;

    /// <summary>A row that its writer has not renewed for so long belongs to a job that has ended.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    public static readonly TimeSpan RenewedEvery = TimeSpan.FromDays(1);

    private readonly string _table;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<int>? _replaced;

    public Fence(TableSpec table, ConnectorContext context)
    {
        _table = table.Name;
        _time = context.Time;
        _replaced = context.ReplacedSubtasks;
        JobId = context.JobId;
        Sink = context.OperatorUid;
        Subtask = context.SubtaskIndex;
        Attempt = context.Attempt;
    }

    public string JobId { get; }

    /// <summary>The operator's uid.</summary>
    public string Sink { get; }

    public int Subtask { get; }

    public int Attempt { get; }

    /// <summary>
    /// Milliseconds since the epoch; decides only on what is cleaned up, never on who may write.
    /// </summary>
    public long NowMillis => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What taking over raises to this attempt, ascending; empty when all stands there.</summary>
    /// <param name="stored">The attempt that stands for each subtask of this sink.</param>
    /// <exception cref="MillraceException">Fenced: a higher attempt stands there already.</exception>
    public IReadOnlyList<int> Raised(IReadOnlyDictionary<int, int> stored)
    {
        int highest = Math.Max(
            stored.GetValueOrDefault(Subtask, int.MinValue),
            stored.GetValueOrDefault(Everyone, int.MinValue));
        if (highest > Attempt) throw Fenced(highest);
        IEnumerable<int> replaced = _replaced ?? stored.Keys.Append(Everyone);
        return
        [
            .. replaced.Append(Subtask).Distinct().Order()
                .Where(subtask => stored.GetValueOrDefault(subtask, int.MinValue) < Attempt),
        ];
    }

    /// <summary>Whether a flush may commit.</summary>
    /// <param name="stored">The attempt in its own row, read under lock; null where there is none.</param>
    public bool Stands(long? stored) => stored == Attempt;

    public bool IsDue(long renewedMillis) => NowMillis - renewedMillis >= RenewedEvery.TotalMilliseconds;

    /// <summary>A lock of the table could not be had in time.</summary>
    public MillraceException Locked(TimeSpan waited) => new(ErrorKind.Unavailable, string.Create(
        CultureInfo.InvariantCulture,
        $"Table '{_table}': another connection has locked the rows of attempts that attempt {Attempt} of job "
        + $"{JobId} replaces in '{TableName}', and did not let go of them within "
        + $"{waited.TotalSeconds:0.###} s ('connection.max-retry-timeout')."));

    /// <summary>The user has not the rights that fencing needs.</summary>
    public MillraceException Refused(Exception cause) => new(
        ErrorKind.Invalid,
        $"Table '{_table}': the database's user may not make or change the table '{TableName}', which keeps "
        + $"stopped processes from writing late ({cause.Message}); grant CREATE, SELECT, INSERT, UPDATE and "
        + "DELETE on it, or set 'sink.fencing' = 'false' to do without.", cause);

    /// <param name="by">The attempt that stands there; null: none.</param>
    public MillraceException Fenced(long? by) => new(ErrorKind.Fenced, by is { } attempt
        ? $"Table '{_table}': attempt {attempt} of job {JobId} has taken over subtask {Subtask} of this "
            + $"sink; attempt {Attempt} writes no more."
        : $"Table '{_table}': the row of job {JobId}, subtask {Subtask}, attempt {Attempt} in "
            + $"'{TableName}' is gone, so that attempt writes no more.");
}
