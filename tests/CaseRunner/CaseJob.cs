using System.Globalization;
using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Graph;
using Millrace.TaskManager.Runtime;

namespace Millrace.CaseRunner;

/// <summary>One step of the feed: the next row of a table, or its end.</summary>
internal sealed record FeedStep(string Table, bool IsEnd);

/// <summary>The job of a case, and how it is killed and restored; checkpoints lie in memory.</summary>
internal sealed class CaseJob : IDisposable
{
    private readonly CaseConnector _connector;
    private readonly MemoryCheckpointFiles _files = new();
    private readonly List<FeedStep> _sinceCheckpoint = [];
    private StepDriver _driver;
    private CheckpointMetadata? _checkpoint;
    private int _results;
    private int _attempt = 1;

    public CaseJob(JobGraph graph, CaseConnector connector)
    {
        _connector = connector;
        _driver = new StepDriver(graph, connector, new FrozenTime(), _files);
        _driver.RunUntilIdle();
    }

    public bool DataEnded => _driver.DataEnded;

    /// <summary>Lets the step's row or end pass through the whole job.</summary>
    public void Take(FeedStep step)
    {
        _sinceCheckpoint.Add(step);
        _connector.Take(step);
        _driver.RunUntilIdle();
    }

    public void Checkpoint()
    {
        var id = new CheckpointId((_checkpoint?.Checkpoint.Value ?? 0) + 1);
        _checkpoint = _driver.Checkpoint(id, id.Value.ToString(CultureInfo.InvariantCulture));
        _sinceCheckpoint.Clear();
        _results = _connector.Result.Count;
    }

    /// <summary>
    /// Loses everything since the checkpoint and goes on from it with a graph of another parallelism.
    /// </summary>
    public void Restore(JobGraph graph)
    {
        _driver.Dispose();
        foreach (FeedStep step in _sinceCheckpoint) _connector.TakeBack(step, _results);
        _sinceCheckpoint.Clear();
        _driver = new StepDriver(graph, _connector, new FrozenTime(), _files, _checkpoint, ++_attempt);
        _driver.RunUntilIdle();
    }

    public void Dispose() => _driver.Dispose();
}
