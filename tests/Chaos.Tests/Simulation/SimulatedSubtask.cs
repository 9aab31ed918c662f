using Millrace.Shared.Checkpoints;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Graph;
using Millrace.TaskManager.Runtime;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>
/// A source that counts or a sink that commits, with barriers, alignment, snapshots and all that can go wrong
/// in it; what runs is invented, what it says to the control plane is not.
/// </summary>
internal sealed class SimulatedSubtask
{
    private readonly Simulation _simulation;
    private readonly SubtaskDescriptor _descriptor;
    private readonly ISubtaskListener _listener;
    private readonly SortedDictionary<int, int> _counts = [];
    private readonly Dictionary<int, Queue<SimulatedElement>> _inputs = [];
    private readonly HashSet<int> _blocked = [];
    private readonly HashSet<int> _ended = [];
    private SimulatedSink? _sink;
    private Barrier? _aligning;
    private long _past;
    private bool _isStill;

    public SimulatedSubtask(
        Simulation simulation,
        SimulatedProcess process,
        SubtaskDescriptor descriptor,
        ISubtaskListener listener)
    {
        _simulation = simulation;
        Process = process;
        _descriptor = descriptor;
        _listener = listener;
        _isStill = descriptor.ReadsNothing;
        foreach (int source in IsSource ? [] : Peers(descriptor, sinkSide: true)) _inputs[source] = new();
    }

    public SubtaskId Id => _descriptor.Id;

    public SimulatedProcess Process { get; }

    public bool IsSource => Id.Vertex == 0;

    /// <summary>Its attempt replaces every subtask of the job.</summary>
    public bool ReplacesAll => _descriptor.Region.IsEmpty;

    public bool IsAlive { get; private set; } = true;

    public bool IsRunning { get; private set; }

    public bool IsCanceled { get; private set; }

    private int Parallelism => _descriptor.Graph.Vertices[Id.Vertex].Parallelism;

    /// <summary>The subtasks of the other vertex that it has a channel with.</summary>
    public IEnumerable<int> PeerIndexes => Peers(_descriptor, !IsSource);

    public void Open() => After(_simulation.Faults.OpenDelay(), () =>
    {
        try
        {
            if (_simulation.Faults.FailsToOpen())
                throw new MillraceException(ErrorKind.Unavailable, "unlucky");
            if (!IsSource) _sink = SimulatedSink.Open(_simulation, _descriptor);
            Restore();
        }
        catch (MillraceException e)
        {
            Fail(e.Kind, e.Message);
            return;
        }
        IsRunning = true;
        _simulation.Promises.OnRunning(this);
        _listener.Running(Id);
        if (IsSource) EmitNext();
        else ReadInputs();
    });

    public void Cancel()
    {
        IsCanceled = true;
        After(_simulation.Faults.CancelDelay(), () =>
        {
            End();
            if (_simulation.Faults.FailsInCancel())
                _listener.Failed(Id, ErrorKind.Unavailable, "died stopping");
            else _listener.Canceled(Id);
        });
    }

    public void Finish() => After(_simulation.Faults.StepDelay(), () =>
    {
        if (!Try(() => _sink?.Finish())) return;
        End();
        _listener.Finished(Id);
    });

    public void Fail(ErrorKind kind, string message)
    {
        if (!IsAlive) return;
        End();
        _listener.Failed(Id, kind, message);
    }

    public void Trigger(Barrier barrier)
    {
        if (!IsRunning || barrier.Checkpoint.Value <= _past) return;
        _past = barrier.Checkpoint.Value;
        Snapshot(barrier, []);
        _isStill |= barrier.StopsSources;
        foreach (int sink in PeerIndexes) Send(sink, new SimulatedElement(null, barrier));
    }

    public void Complete(long checkpoint) => Try(() => _sink?.OnComplete(new CheckpointId(checkpoint)));

    public void Abort(long checkpoint)
    {
        if (_aligning?.Checkpoint.Value == checkpoint) Unblock();
        _past = Math.Max(_past, checkpoint);
        ReadInputs();
    }

    public void Receive(int source, SimulatedElement element)
    {
        _inputs[source].Enqueue(element);
        ReadInputs();
    }

    /// <summary>
    /// Its process has stood still in the middle of a write, and goes on with that before it hears anything.
    /// </summary>
    public void WriteLate()
    {
        if (IsRunning) Try(() => _sink?.Write());
    }

    /// <summary>Its process is gone: it does and says nothing any more.</summary>
    public void End()
    {
        IsAlive = false;
        IsRunning = false;
        _sink?.Dispose();
        _simulation.Dataflow.Remove(this);
    }

    private void Restore()
    {
        if (_descriptor.Restore is not { } restore) return;
        _simulation.Faults.OnRestore();
        string vertex = _descriptor.Graph.Vertices[Id.Vertex].Id;
        List<(int Index, SubtaskFile File)> files =
        [
            .. restore.Subtasks.Where(s => s.VertexId == vertex)
                .Select(s => (s.SubtaskIndex, Read(restore, s))),
        ];
        foreach ((int index, SubtaskFile file) in files)
            foreach ((int split, int count) in file.Counts)
                if (IsSource ? IsOwn(split) : IsOwn(index))
                    _counts[split] = _counts.GetValueOrDefault(split) + count;
        _sink?.Restore(files.SelectMany(f => f.File.Items));
    }

    /// <summary>Splits, and what sinks have counted, go round the subtasks.</summary>
    private bool IsOwn(int number) => number % Parallelism == Id.SubtaskIndex;

    private SubtaskFile Read(CheckpointMetadata restore, SubtaskSnapshot snapshot)
    {
        string path = Path.Combine(restore.Folder, snapshot.File);
        if (_simulation.Disk.Files.TryGetValue(path, out byte[]? bytes)) return SubtaskFile.FromBytes(bytes);
        throw _simulation.Promises.IsCurrent(Id)
            ? new BrokenPromiseException($"{path}, from which {Id} is to start, is gone")
            : new MillraceException(ErrorKind.Unavailable, $"There is no {path}.");
    }

    private void EmitNext()
    {
        if (!IsRunning || _isStill) return;
        int split = NextSplit();
        if (_simulation.Faults.FailsRunning()) Fail(ErrorKind.Unavailable, "bad luck");
        else if (split < 0)
        {
            foreach (int sink in PeerIndexes) Send(sink, SimulatedElement.End);
            _listener.DataEnded(Id);
        }
        else
        {
            int position = _counts.GetValueOrDefault(split);
            _counts[split] = position + 1;
            List<int> sinks = [.. PeerIndexes];
            Send(sinks[position % SimulatedTable.Lanes % sinks.Count],
                new SimulatedElement(new SourceRecord(split, position), null));
            After(_simulation.Faults.RecordDelay(), EmitNext);
        }
    }

    /// <returns>Of its own splits the one that is most behind; -1: all are at their ends.</returns>
    private int NextSplit()
    {
        int next = -1;
        for (int split = Id.SubtaskIndex; split < _simulation.Splits; split += Parallelism)
            if (_counts.GetValueOrDefault(split) < _simulation.RecordsPerSplit
                && (next < 0 || _counts.GetValueOrDefault(split) < _counts.GetValueOrDefault(next)))
                next = split;
        return next;
    }

    private void Send(int sink, SimulatedElement element) => _simulation.Dataflow.Send(this, sink, element);

    private void ReadInputs()
    {
        bool hasRead = true;
        while (hasRead && IsRunning)
        {
            hasRead = false;
            foreach ((int source, Queue<SimulatedElement> queue) in _inputs)
                if (!_blocked.Contains(source) && queue.TryDequeue(out SimulatedElement? element))
                {
                    hasRead = true;
                    Process1(source, element);
                }
        }
    }

    private void Process1(int source, SimulatedElement element)
    {
        if (element.Barrier is { } barrier) Align(source, barrier);
        else if (element.Record is { } record)
        {
            _counts[record.Split] = _counts.GetValueOrDefault(record.Split) + 1;
            Try(() => _sink!.Take(record));
        }
        else if (_ended.Add(source) && _ended.Count == _inputs.Count) _listener.DataEnded(Id);
    }

    private void Align(int source, Barrier barrier)
    {
        if (barrier.Checkpoint.Value <= _past) return;
        if (_aligning is null || barrier.Checkpoint > _aligning.Checkpoint)
        {
            Unblock();
            _aligning = barrier;
        }
        if (barrier.Checkpoint < _aligning.Checkpoint) return;
        _blocked.Add(source);
        if (_blocked.Count < _inputs.Count) return;
        _past = barrier.Checkpoint.Value;
        Unblock();
        Try(() => Snapshot(barrier, _sink!.Prepare(barrier)));
    }

    private void Unblock()
    {
        _aligning = null;
        _blocked.Clear();
    }

    private void Snapshot(Barrier barrier, List<byte[]> items)
    {
        byte[] bytes = new SubtaskFile(_counts, items).ToBytes();
        After(_simulation.Faults.SnapshotDelay(), () => Write(barrier, bytes));
    }

    private void Write(Barrier barrier, byte[] bytes)
    {
        JobVertex vertex = _descriptor.Graph.Vertices[Id.Vertex];
        string name = $"{vertex.Id}-{Id.SubtaskIndex}";
        try
        {
            if (_simulation.Faults.FailsToWrite()) throw new IOException("The disk does not answer.");
            using Stream file = _simulation.Disk.Create(Path.Combine(barrier.Folder, name));
            file.Write(bytes);
            _simulation.Disk.Sync(file);
        }
        catch (IOException e)
        {
            _listener.SnapshotFailed(Id, barrier.Checkpoint, e.Message);
            return;
        }
        _listener.SnapshotWritten(Id, barrier.Checkpoint, new SubtaskSnapshot(
            vertex.Id, Id.SubtaskIndex, name, bytes.Length, [vertex.Chain[0].Uid]));
    }

    /// <returns>False: it has failed, and the subtask with it.</returns>
    private bool Try(Action act)
    {
        try
        {
            act();
            return true;
        }
        catch (MillraceException e)
        {
            Fail(e.Kind, e.Message);
            return false;
        }
    }

    private void After(TimeSpan delay, Action act) => _simulation.After(Process, delay, () =>
    {
        if (IsAlive) act();
    });

    private static IEnumerable<int> Peers(SubtaskDescriptor descriptor, bool sinkSide) =>
        descriptor.Graph.Edges[0].Kind == ExchangeKind.Forward
            ? [descriptor.Id.SubtaskIndex]
            : Enumerable.Range(0, descriptor.Graph.Vertices[sinkSide ? 0 : 1].Parallelism);
}

/// <summary>A record, a barrier, or the end.</summary>
internal sealed record SimulatedElement(SourceRecord? Record, Barrier? Barrier)
{
    public static readonly SimulatedElement End = new(null, (Barrier?)null);
}
