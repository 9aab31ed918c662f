using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Pattern;
using Millrace.JobManager.Actors;
using Millrace.JobManager.Checkpoints;
using Millrace.JobManager.Hosting;
using Millrace.JobManager.Membership;
using Millrace.JobManager.Planning;
using Millrace.Shared.Connect;
using Millrace.Shared.Hosting;
using Millrace.Shared.Membership;

namespace Millrace.JobManager;

/// <summary>The role <c>jobmanager</c>: the journal and the singleton that leads all jobs.</summary>
public static class JobManagerSetup
{
    /// <param name="connectors">What tables of submitted SQL may name.</param>
    public static AkkaConfigurationBuilder WithJobManager(
        this AkkaConfigurationBuilder builder, JobManagerOptions options, IConnectorRegistry connectors) =>
        builder.WithJobManager(options, Journal.Prepare(options), connectors);

    internal static AkkaConfigurationBuilder WithJobManager(
        this AkkaConfigurationBuilder builder, JobManagerOptions options, Journal journal,
        IConnectorRegistry connectors)
    {
        Directory.CreateDirectory(options.DataFolder);
        var store = new CheckpointStore(options.CheckpointFiles);
        var submission = new JobSubmission(
            new SqlJobPlanner(connectors), store, options.MemoryBytes, options.Cpus);
        return journal.AddTo(builder)
            .WithActors((system, _) => system.ActorOf(Props.Create(() => new JournalWarmUp())))
            .WithSingleton<JobManagerKey>(
                JobManagerKey.Name,
                (system, _, _) => Restarting(OptionsOn(system, options), store, submission),
                JobManagerKey.Options);
    }

    /// <summary>
    /// A leader stops when the journal does not take its event: another one leads, or the database is away.
    /// It begins again from what is stored, with a higher term.
    /// </summary>
    private static Props Restarting(
        JobManagerOptions options, ICheckpointStore store, JobSubmission submission) =>
        BackoffSupervisor.Props(Backoff.OnStop(
            Props.Create(() => new JobManagerActor(options, store, submission)),
            "leader",
            minBackoff: TimeSpan.FromSeconds(1),
            maxBackoff: TimeSpan.FromSeconds(10),
            randomFactor: 0.1,
            maxNrOfRetries: -1));

    private static JobManagerOptions OptionsOn(ActorSystem system, JobManagerOptions options)
    {
        Cluster cluster = Cluster.Get(system);
        return options with
        {
            IsMember = node => cluster.State.Members.Any(m => NodeNames.Of(m.Address) == node),
        };
    }
}
