using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Google.Protobuf;

namespace Millrace.Chaos.Tests.Simulation;

/// <summary>
/// What the JobManagers share: events by persistence id and number, each number once, whoever writes it.
/// </summary>
internal sealed class StoredEvents
{
    private readonly Dictionary<string, SortedDictionary<long, IPersistentRepresentation>> _events = [];
    private readonly Dictionary<string, long> _highest = [];
    private readonly Dictionary<string, (SnapshotMetadata Metadata, object Snapshot)> _snapshots = [];

    /// <summary>Called when an event is durable.</summary>
    public Action<string, IMessage> Stored { get; set; } = (_, _) => { };

    public int Count(string id) => Of(id).Count;

    public long Highest(string id) => _highest.GetValueOrDefault(id);

    public IEnumerable<IMessage> Messages(string id) => Of(id).Values.Select(e => (IMessage)e.Payload);

    public IEnumerable<IPersistentRepresentation> From(string id, long from, long to) =>
        Of(id).Where(e => e.Key >= from && e.Key <= to).Select(e => e.Value);

    /// <exception cref="ConflictException">Another writer has used the number.</exception>
    public void Write(IPersistentRepresentation happened)
    {
        string id = happened.PersistenceId;
        if (happened.SequenceNr <= Highest(id))
            throw new ConflictException($"UNIQUE constraint failed: {id}, {happened.SequenceNr}");
        Of(id)[happened.SequenceNr] = Copy(happened);
        _highest[id] = happened.SequenceNr;
        Stored(id, (IMessage)happened.Payload);
    }

    /// <summary>As somebody would who is not simulated.</summary>
    public void WriteAsAnother(string id, IMessage happened) =>
        Write(new Persistent(happened, Highest(id) + 1, id, ""));

    public void Delete(string id, long to)
    {
        foreach (long number in Of(id).Keys.Where(n => n <= to).ToList()) Of(id).Remove(number);
    }

    public void SaveSnapshot(SnapshotMetadata metadata, object snapshot) =>
        _snapshots[metadata.PersistenceId] = (metadata, snapshot);

    public SelectedSnapshot? Snapshot(string id) =>
        _snapshots.TryGetValue(id, out var s) ? new SelectedSnapshot(s.Metadata, s.Snapshot) : null;

    public void DeleteSnapshot(string id, long to)
    {
        if (_snapshots.TryGetValue(id, out var s) && s.Metadata.SequenceNr <= to) _snapshots.Remove(id);
    }

    /// <summary>What is stored are bytes, not the object that the writer keeps.</summary>
    private static Persistent Copy(IPersistentRepresentation happened)
    {
        var payload = (IMessage)happened.Payload;
        return new Persistent(
            payload.Descriptor.Parser.ParseFrom(payload.ToByteArray()), happened.SequenceNr,
            happened.PersistenceId, happened.Manifest, writerGuid: happened.WriterGuid);
    }

    /// <summary>As the unique key of a database refuses it.</summary>
    public sealed class ConflictException(string message) : Exception(message);

    private SortedDictionary<long, IPersistentRepresentation> Of(string id)
    {
        if (!_events.TryGetValue(id, out var events)) _events[id] = events = [];
        return events;
    }
}

/// <summary>
/// Akka.Persistence's journal on <see cref="StoredEvents"/>: each answer takes a while of simulated time.
/// </summary>
public sealed class SimulatedJournal : ReceiveActor
{
    private readonly Simulation _simulation;

    public SimulatedJournal(Config config)
    {
        _simulation = Simulations.Of(config);
        Receive<WriteMessages>(m => Later(m.PersistentActor, () => Write(m)));
        Receive<ReplayMessages>(m => Later(m.PersistentActor, () => Replay(m)));
        Receive<DeleteMessagesTo>(m => Later(m.PersistentActor, () =>
        {
            _simulation.Events.Delete(m.PersistenceId, m.ToSequenceNr);
            m.PersistentActor.Tell(new DeleteMessagesSuccess(m.ToSequenceNr));
        }));
    }

    private void Later(IActorRef asker, Action act) =>
        _simulation.After(_simulation.ProcessOf(asker), _simulation.Faults.JournalDelay(), act);

    private void Write(WriteMessages write)
    {
        var written = new List<IPersistentRepresentation>();
        try
        {
            foreach (IPersistentRepresentation happened in
                write.Messages.OfType<AtomicWrite>().SelectMany(
                    a => (IEnumerable<IPersistentRepresentation>)a.Payload))
            {
                SimulatedProcess? writer = _simulation.ProcessOf(write.PersistentActor);
                if (_simulation.Faults.OnStore(writer, happened)) return;
                _simulation.Events.Write(happened);
                written.Add(happened);
                _simulation.Faults.OnStored(writer, happened);
            }
        }
        catch (StoredEvents.ConflictException e)
        {
            _simulation.Note($"{write.PersistentActor.Path.Name} comes too late: {e.Message}");
            Fail(write, e);
            return;
        }
        write.PersistentActor.Tell(WriteMessagesSuccessful.Instance);
        foreach (IPersistentRepresentation happened in written)
            write.PersistentActor.Tell(new WriteMessageSuccess(happened, write.ActorInstanceId));
    }

    private static void Fail(WriteMessages write, Exception cause)
    {
        List<IPersistentRepresentation> all = [.. write.Messages.OfType<AtomicWrite>().SelectMany(
            a => (IEnumerable<IPersistentRepresentation>)a.Payload)];
        write.PersistentActor.Tell(new WriteMessagesFailed(cause, all.Count));
        foreach (IPersistentRepresentation happened in all)
            write.PersistentActor.Tell(new WriteMessageFailure(happened, cause, write.ActorInstanceId));
    }

    private void Replay(ReplayMessages replay)
    {
        foreach (IPersistentRepresentation happened in _simulation.Events.From(
            replay.PersistenceId, replay.FromSequenceNr, replay.ToSequenceNr).ToList())
            replay.PersistentActor.Tell(new ReplayedMessage(happened));
        replay.PersistentActor.Tell(new RecoverySuccess(_simulation.Events.Highest(replay.PersistenceId)));
    }
}

/// <summary>Akka.Persistence's snapshots on <see cref="StoredEvents"/>.</summary>
public sealed class SimulatedSnapshots : ReceiveActor
{
    public SimulatedSnapshots(Config config)
    {
        Simulation simulation = Simulations.Of(config);
        Receive<LoadSnapshot>(m => Sender.Tell(
            new LoadSnapshotResult(simulation.Events.Snapshot(m.PersistenceId), m.ToSequenceNr)));
        Receive<SaveSnapshot>(m =>
        {
            simulation.Events.SaveSnapshot(m.Metadata, m.Snapshot);
            Sender.Tell(new SaveSnapshotSuccess(m.Metadata));
        });
        Receive<DeleteSnapshots>(m =>
        {
            simulation.Events.DeleteSnapshot(m.PersistenceId, m.Criteria.MaxSequenceNr);
            Sender.Tell(new DeleteSnapshotsSuccess(m.Criteria));
        });
        Receive<DeleteSnapshot>(m =>
        {
            simulation.Events.DeleteSnapshot(m.Metadata.PersistenceId, m.Metadata.SequenceNr);
            Sender.Tell(new DeleteSnapshotSuccess(m.Metadata));
        });
    }
}
