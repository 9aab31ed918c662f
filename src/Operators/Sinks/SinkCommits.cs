using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Metrics;
using Millrace.Shared.State;

namespace Millrace.Operators.Sinks;

/// <summary>
/// The two phases of a sink in one subtask: keeps what the writer has prepared in the snapshots until a
/// complete checkpoint covers it, then has it committed; after a restore first of all. docs/commits.md.
/// </summary>
internal sealed class SinkCommits
{
    private const int MaxWaiting = 10_000;

    private static readonly TimeSpan[] RetryPauses =
        [TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)];

    private readonly ICommittingSinkWriter _writer;
    private readonly OperatorContext _context;
    private readonly CommittableLedger _ledger = new(MaxWaiting);
    private readonly Counter _successful;
    private readonly Counter _retried;
    private readonly Counter _failed;
    private IReadOnlyList<Committable> _restored = [];
    private bool _hasBegun;
    private int _pending;

    public SinkCommits(ICommittingSinkWriter writer, OperatorContext context)
    {
        _writer = writer;
        _context = context;
        _successful = context.Metrics.Counter("successfulCommittables");
        _retried = context.Metrics.Counter("retriedCommittables");
        _failed = context.Metrics.Counter("failedCommittables");
        context.Metrics.Gauge("pendingCommittables", () => Volatile.Read(ref _pending));
    }

    /// <summary>
    /// Commits those that this subtask has prepared, or whoever had its index at another parallelism.
    /// </summary>
    /// <exception cref="MillraceException">
    /// Invalid: they are of another kind of sink; or the commit has failed.
    /// </exception>
    public void Restore(IStateReader state)
    {
        IReadOnlyList<(int Subtask, Committable Committable)> all = CommittableSnapshot.Read(state);
        foreach ((_, Committable committable) in all)
            if (committable.Format != _writer.Committer.Format)
                throw OtherSink(committable.Format, _context.OperatorName);
        foreach ((int subtask, Committable committable) in all)
            if (subtask % _context.Parallelism == _context.SubtaskIndex) Commit(committable);
        _restored = [.. all.Select(c => c.Committable)];
    }

    /// <summary>Before anything is written; does something the first time only.</summary>
    public void Begin()
    {
        if (_hasBegun) return;
        _writer.Recover(_restored);
        _restored = [];
        _hasBegun = true;
    }

    public void Prepare(Barrier barrier)
    {
        Begin();
        _writer.Flush();
        _ledger.Add(barrier.Checkpoint, _writer.PrepareCommit());
        // Once the savepoint of a stop is complete, only attempts that start from it can come.
        if (barrier.IsSavepoint && !barrier.StopsSources)
            _ledger.Replace(c => _writer.Keep(c, barrier.Checkpoint));
        Volatile.Write(ref _pending, _ledger.Count);
    }

    public IStateSnapshot? Snapshot() =>
        _ledger.Count > 0 ? new CommittableSnapshot(_context.SubtaskIndex, _ledger.Waiting) : null;

    public void OnComplete(CheckpointId checkpoint)
    {
        while (_ledger.FirstUpTo(checkpoint) is { } committable)
        {
            Commit(committable);
            _ledger.RemoveFirst();
            Volatile.Write(ref _pending, _ledger.Count);
        }
    }

    public void Finish()
    {
        var end = new CheckpointId(long.MaxValue);
        Begin();
        _writer.Flush();
        _ledger.Add(end, _writer.PrepareCommit());
        OnComplete(end);
        SweepAgain();
    }

    /// <summary>What a replaced attempt that had stood still has written since.</summary>
    private void SweepAgain()
    {
        try
        {
            _writer.Recover([]);
        }
        catch (MillraceException e) when (e.Kind == ErrorKind.Unavailable)
        {
            // All is committed; what is left over is invisible and no reason to fail.
        }
    }

    /// <summary>What was prepared could only be committed by a sink of the kind that it had been.</summary>
    public static MillraceException OtherSink(string format, string sink) => new(
        ErrorKind.Invalid,
        $"The checkpoint holds output of the format '{format}' that {sink} is to commit, which it can't: its "
        + "table was of another connector then. Start with that one, let a checkpoint complete, and change "
        + "it after a stop with savepoint.");

    private void Commit(Committable committable)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                _writer.Committer.Commit(committable);
                _successful.Add();
                return;
            }
            catch (MillraceException e) when (e.Kind == ErrorKind.Unavailable && tries < RetryPauses.Length)
            {
                _retried.Add();
            }
            catch (MillraceException)
            {
                _failed.Add();
                throw;
            }
            Task.Delay(RetryPauses[tries], _context.Time, _context.Cancel).GetAwaiter().GetResult();
        }
    }
}
