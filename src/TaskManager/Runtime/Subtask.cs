using Millrace.Operators;
using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.Shared.Metrics;
using Millrace.Shared.State;
using Millrace.TaskManager.Exchange;

namespace Millrace.TaskManager.Runtime;

internal enum StepResult
{
    /// <summary>Something was done; call again.</summary>
    Worked,

    /// <summary>Nothing to do until the subtask is woken.</summary>
    Idle,

    /// <summary>
    /// A channel downstream is full or answers are outstanding; nothing to do until the subtask is woken.
    /// </summary>
    Backpressured,

    /// <summary>Finished or canceled: dispose it.</summary>
    Done,
}

/// <summary>
/// One subtask: a source or an input gate, a chain of operators and the outgoing exchange. It has one owner
/// at a time, who calls <see cref="Step"/>: its thread in production, a seeded scheduler in simulation.
/// Everything from outside comes through the mailbox.
/// </summary>
/// <remarks>
/// Life: <see cref="Open"/> (restore included), steps, Dispose. A subtask whose data has ended stays and
/// takes part in checkpoints until it is told to finish, so that the job's last checkpoint covers everything.
/// </remarks>
internal sealed class Subtask : IDisposable
{
    private readonly SubtaskDescriptor _descriptor;
    private readonly SubtaskEnvironment _environment;
    private readonly ISubtaskListener _listener;
    private readonly List<ChainLink> _links = [];
    private readonly SubtaskCheckpoints _checkpoints;
    private readonly Tail _tail;
    private readonly IChainTarget _head;
    private readonly SourceDriver? _source;
    private readonly InputGate? _gate;
    private readonly WatermarkValve? _valve;
    private readonly CancellationToken _cancel;
    private bool _done;

    public Subtask(
        SubtaskDescriptor descriptor,
        SubtaskEnvironment environment,
        ISubtaskListener listener,
        Action wake,
        CancellationToken cancel = default)
    {
        _cancel = cancel;
        _descriptor = descriptor;
        _environment = environment;
        _listener = listener;
        Mailbox = new Mailbox(environment.Time, wake);
        Id = descriptor.Id;
        JobGraph graph = descriptor.Graph;
        JobVertex vertex = graph.Vertices[Id.Vertex];
        // Made before any channel is opened: a plan that cannot be made leaves nothing behind.
        bool hasSource = OperatorFactory.IsSource(vertex.Chain[0].Plan);
        IOperator[] operators =
            [.. vertex.Chain.Skip(hasSource ? 1 : 0).Select(n => OperatorFactory.Create(n.Plan))];
        _tail = new Tail(this, new ExchangeOutput(graph, Id.Vertex, Id.SubtaskIndex, (edge, to) =>
            environment.Exchange.OpenWriter(
                new ChannelId(Id.JobId, Id.Attempt, edge, Id.SubtaskIndex, to), PeerOf(to), wake, Fail)));
        if (!hasSource)
        {
            _gate = new InputGate(graph, Id.Vertex, Id.SubtaskIndex, (edge, from) =>
                environment.Exchange.OpenReader(
                    new ChannelId(Id.JobId, Id.Attempt, edge, from, Id.SubtaskIndex),
                    PeerOf(from),
                    wake,
                    Fail),
                environment.Time,
                (delay, action) => Mailbox.Schedule(delay, action));
            _valve = new WatermarkValve(_gate.ChannelCount);
        }
        _checkpoints = new SubtaskCheckpoints(descriptor, environment, listener, _gate);
        _head = BuildChain(vertex, operators);
        if (hasSource) _source = new SourceDriver(this, vertex.Chain[0], _head, descriptor.ReadsNothing);
    }

    public SubtaskId Id { get; }

    public Mailbox Mailbox { get; }

    /// <summary>Metrics by operator uid; the subtask's own under the empty uid.</summary>
    public Dictionary<string, MetricGroup> Metrics { get; } = new() { [""] = new MetricGroup() };

    /// <summary>
    /// How long an idle subtask may be left without a step although nothing woke it (a source that waits).
    /// </summary>
    public bool PollsWhenIdle => _source is { IsWaiting: true };

    /// <summary>Opens the operators from the end of the chain to its head and restores their state.</summary>
    public void Open()
    {
        for (int i = _links.Count - 1; i >= 0; i--)
        {
            ChainLink link = _links[i];
            OperatorContext context = ContextOf(link.Uid);
            link.Open(context);
            if (ReaderFor(context) is { } state) link.Operator.Restore(state);
        }
        RestoreInFlight();
        _source?.Open();
        _listener.Running(Id);
    }

    /// <summary>
    /// Does a bounded piece of work: the mailbox, then one element or one step of the source.
    /// </summary>
    public StepResult Step()
    {
        bool worked = Mailbox.Run();
        if (_done) return StepResult.Done;
        worked |= Overtake();
        if (!_tail.HasRoom || IsFull()) return worked ? StepResult.Worked : StepResult.Backpressured;
        bool more = _source is not null ? _source.Step() : ReadElement();
        return worked || more ? StepResult.Worked : StepResult.Idle;
    }

    public void TriggerCheckpoint(Barrier barrier) => Mailbox.Post(() => _source?.Barrier(barrier));

    public void CheckpointComplete(CheckpointId checkpoint) => Mailbox.Post(() =>
    {
        _source?.OnCheckpointComplete(checkpoint);
        foreach (ChainLink link in _links) link.Operator.OnCheckpointComplete(checkpoint);
    });

    public void CheckpointAborted(CheckpointId checkpoint) =>
        Mailbox.Post(() => _checkpoints.Abort(checkpoint));

    /// <summary>The next step is the last.</summary>
    public void Finish() => Mailbox.Post(() =>
    {
        foreach (ChainLink link in _links) link.Operator.Finish();
        _done = true;
    });

    public void Fail(string reason) => Fail(new MillraceException(ErrorKind.Unavailable, reason));

    public void Dispose()
    {
        Mailbox.Dispose();
        _source?.Dispose();
        foreach (ChainLink link in _links) link.Operator.Dispose();
        _checkpoints.Dispose();
        _gate?.Dispose();
        _tail.Dispose();
    }

    internal OperatorContext ContextOf(string uid)
    {
        JobVertex vertex = _descriptor.Graph.Vertices[Id.Vertex];
        return new OperatorContext
        {
            JobId = Id.JobId,
            Attempt = Id.Attempt,
            OperatorUid = uid,
            OperatorName = vertex.Chain.First(n => n.Uid == uid).Name,
            SubtaskIndex = Id.SubtaskIndex,
            ReplacedSubtasks = Replaced(),
            LastCheckpoint = _descriptor.LastCheckpoint,
            Cancel = _cancel,
            Parallelism = vertex.Parallelism,
            MaxParallelism = _descriptor.Graph.MaxParallelism,
            TimeZone = _descriptor.Graph.TimeZone,
            Time = _environment.Time,
            Mailbox = Mailbox,
            Metrics = MetricsOf(uid),
            Connectors = _environment.Connectors,
        };
    }

    private void Fail(MillraceException failure) => Mailbox.Post(() => throw failure);

    /// <summary>Where the subtasks of that index run.</summary>
    private string PeerOf(int index) =>
        index < _descriptor.Exchanges.Length ? _descriptor.Exchanges[index] : "";

    private int[]? Replaced() => _descriptor.Region.IsEmpty
        ? null
        : [.. _descriptor.Region.Where(s => s.Vertex == Id.Vertex).Select(s => s.Index)];

    internal IStateReader? ReaderFor(OperatorContext context) => _descriptor.Restore is { } checkpoint
        ? SubtaskSnapshotWriter.ReaderFor(
            _environment.CheckpointFiles, _environment.Restores.Complete(checkpoint), context)
        : null;

    internal MetricGroup MetricsOf(string uid)
    {
        if (!Metrics.TryGetValue(uid, out MetricGroup? group)) Metrics.Add(uid, group = new MetricGroup());
        return group;
    }

    internal void AddSnapshot(Barrier barrier, string uid, IStateSnapshot? snapshot) =>
        _checkpoints.Collector.Add(barrier, uid, snapshot);

    /// <param name="operators">Those of the chain's end; before them may stand a source.</param>
    private IChainTarget BuildChain(JobVertex vertex, IOperator[] operators)
    {
        IChainTarget next = _tail;
        int first = vertex.Chain.Length - operators.Length;
        for (int i = operators.Length - 1; i >= 0; i--)
        {
            string uid = vertex.Chain[first + i].Uid;
            int inputs = first + i == 0 ? Math.Max(1, _gate!.InputCount) : 1;
            var link = new ChainLink(uid, operators[i], inputs, next, _checkpoints.Collector, MetricsOf(uid));
            _links.Insert(0, link);
            next = link;
        }
        return next;
    }

    private bool IsFull()
    {
        foreach (ChainLink link in _links)
            if (link.IsFull) return true;
        return false;
    }

    /// <summary>Time goes on where it was before the records that were overtaken.</summary>
    private void RestoreInFlight()
    {
        if (_gate is null
            || InFlightSnapshot.Restore(_descriptor, _environment.CheckpointFiles, _gate) is not { } state)
            return;
        _valve!.Restore(state);
        if (state.Joint > Watermark.None) _head.Watermark(state.Joint);
    }

    /// <summary>Passes a barrier on that has waited long enough, also while there is no room.</summary>
    private bool Overtake()
    {
        if (_gate is null) return false;
        Barrier? barrier = _gate.TryOvertake();
        if (barrier is not null)
        {
            _gate.Capture!.Watermarks = _valve!.State;
            _head.Barrier(barrier);
        }
        return _checkpoints.WriteWhenCaptured() || barrier is not null;
    }

    private bool ReadElement()
    {
        if (!_gate!.TryRead(out Element element, out int channel)) return false;
        switch (element.Kind)
        {
            case ElementKind.Batch:
                _head.Batch(_gate.InputOf(channel), element.Batch);
                element.Batch.Release();
                break;
            case ElementKind.Watermark:
                if (_valve!.OnWatermark(channel, element.Watermark)) _head.Watermark(_valve.Output);
                break;
            case ElementKind.Idle:
                OnIdle(channel);
                break;
            case ElementKind.Active:
                bool wasIdle = _valve!.IsIdle;
                _valve.OnActive(channel);
                if (wasIdle) _head.Status(false);
                break;
            case ElementKind.Barrier:
                _head.Barrier(element.Barrier);
                break;
            default:
                int input = _gate.InputOf(channel);
                if (_gate.HasEnded(input)) _head.End(input);
                break;
        }
        return true;
    }

    private void OnIdle(int channel)
    {
        if (_valve!.OnIdle(channel)) _head.Watermark(_valve.Output);
        if (_valve.IsIdle) _head.Status(true);
    }

    /// <summary>The end of the chain: sends to the exchange and sees barriers and the end pass.</summary>
    private sealed class Tail(Subtask subtask, ExchangeOutput output) : IChainTarget, IDisposable
    {
        public bool HasRoom => output.HasRoom;

        public void Batch(int input, ColumnBatch batch) => output.Send(batch);

        public void Watermark(Watermark watermark) => output.Send(watermark);

        public void Status(bool isIdle) => output.SendStatus(isIdle);

        public void Barrier(Barrier barrier)
        {
            output.Send(barrier);
            subtask._checkpoints.OnPassed(barrier);
        }

        public void End(int input)
        {
            output.SendEnd();
            subtask._listener.DataEnded(subtask.Id);
        }

        public void Dispose() => output.Dispose();
    }
}
