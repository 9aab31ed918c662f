using Akka.Actor;
using Akka.Persistence;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Tests.Journals;

/// <summary>
/// Stores the terms that it is told, shortens its journal when it is told <see cref="Shorten"/>, and
/// answers with all that it has stored.
/// </summary>
internal sealed class EventKeeper : ReceivePersistentActor
{
    private readonly List<long> _terms = [];
    private IActorRef _client = ActorRefs.Nobody;

    public EventKeeper()
    {
        Recover<SnapshotOffer>(offer => _terms.Add(((LeaderStarted)offer.Snapshot).Term));
        Recover<LeaderStarted>(e => _terms.Add(e.Term));
        Command<Look>(_ => Answer(Sender));
        Command<long[]>(terms =>
        {
            IActorRef client = Sender;
            int left = terms.Length;
            PersistAll(terms.Select(t => new LeaderStarted { Term = t }), e =>
            {
                _terms.Add(e.Term);
                if (--left == 0) Answer(client);
            });
        });
        Command<Shorten>(_ =>
        {
            _client = Sender;
            SaveSnapshot(new LeaderStarted { Term = _terms[^1] });
        });
        Command<SaveSnapshotSuccess>(saved => DeleteMessages(saved.Metadata.SequenceNr));
        Command<DeleteMessagesSuccess>(_ => Answer(_client));
    }

    public override string PersistenceId => "keeper";

    private void Answer(IActorRef client) => client.Tell(_terms.ToArray());

    internal sealed record Look;

    internal sealed record Shorten;
}
