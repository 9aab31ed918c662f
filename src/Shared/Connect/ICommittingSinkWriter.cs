using Millrace.Shared.Dataflow;

namespace Millrace.Shared.Connect;

/// <summary>
/// A sink in one subtask whose output takes effect in two phases: prepared at a barrier, committed when the
/// checkpoint is complete (Flink's two-phase commit). docs/commits.md has the invariant and the races.
/// </summary>
/// <remarks>
/// Order of calls: commits of what was restored, <see cref="Recover"/>, then writes and barriers; at a
/// barrier <see cref="ISinkWriter.Flush"/> and <see cref="PrepareCommit"/>. Here a flush hands the rows on,
/// and nothing of it is visible. Dispose drops what is not prepared, and only that: whether what was prepared
/// takes effect is not the writer's to say.
/// </remarks>
public interface ICommittingSinkWriter : ISinkWriter
{
    ICommitter Committer { get; }

    /// <summary>
    /// Discards what the attempts that this one replaces have begun or prepared, but for what was restored:
    /// no complete checkpoint covers it. Called before anything is written, and again after the last commit.
    /// </summary>
    /// <param name="restored">Of all subtasks; some may be committed already.</param>
    void Recover(IReadOnlyList<Committable> restored);

    /// <summary>
    /// Everything written since the last call is durable when this returns, and stays invisible.
    /// </summary>
    /// <returns>None where nothing was written.</returns>
    IReadOnlyList<Committable> PrepareCommit();

    /// <summary>
    /// A savepoint holds it, which a user may restore at any later time: no <see cref="Recover"/> of a later
    /// attempt may discard it any more.
    /// </summary>
    /// <returns>What takes its place. Snapshots that hold the old one stay good.</returns>
    Committable Keep(Committable prepared, CheckpointId savepoint) => prepared;
}

/// <summary>Makes visible what was prepared, by this process or by another one.</summary>
public interface ICommitter
{
    /// <summary>The format of committables that it takes.</summary>
    string Format { get; }

    /// <summary>
    /// Makes it visible for good, as a whole; where that was done before, by whomever, nothing happens.
    /// </summary>
    /// <exception cref="Errors.MillraceException">
    /// Unavailable: it may be tried again, as often as one likes. Anything else fails the subtask at once.
    /// </exception>
    void Commit(Committable committable);
}
